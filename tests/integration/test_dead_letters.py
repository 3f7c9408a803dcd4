"""A record that nobody can use, from the log to the operator who settles it, on real parts."""

import json
import os
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from uuid import uuid4

import pytest

from deploy.local.cache import ROOT
from deploy.local.platform import Platform
from libs.common.bus import Producer
from tests.support.platform import until

pytestmark = pytest.mark.integration

SERVICES = ("matcher", "insights")
NUMBER = b"+442079460181"
WHY = ("--reason", "a stranger's record")


class Intnet:
    """The operators' command line as a process, over the platform's own file."""

    def __init__(self, platform: Platform) -> None:
        self._told = {**os.environ, "INTNET_STACK": str(platform.files.stack)}

    async def __call__(self, *words: str) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "deploy.cli", "dead", *words]
        process = await create_subprocess_exec(
            *command, cwd=ROOT, env=self._told, stdout=PIPE, stderr=PIPE
        )
        said, complained = await process.communicate()
        return process.returncode or 0, said.decode(), complained.decode()

    async def places(self, service: str, state: str = "parked") -> set[str]:
        status, listed, _ = await self("list", service, "--state", state, "--json")
        assert status == 0
        return {one["place"] for one in json.loads(listed)}


async def test_an_operator_finds_and_settles_what_was_parked(platform: Platform) -> None:
    intnet = Intnet(platform)
    before = {service: await intnet.places(service) for service in SERVICES}
    producer = Producer(platform.servers.kafka_url, "tests", {})
    junk = b'{"from": "%s", "at": "%s"}' % (NUMBER, uuid4().hex.encode())
    await producer.send("calls.v1", b"stranger", junk, (("x", None),))
    await producer.stop()
    for service in SERVICES:

        async def parked(service: str = service) -> set[str]:
            return await intnet.places(service) - before[service]

        (place,) = await until(parked)
        status, shown, _ = await intnet("show", service, place)
        told = json.loads(shown)
        assert (status, told["value_bytes"], told["headers"]) == (0, len(junk), 1)
        assert NUMBER.decode() not in shown
        status, _, said = await intnet("replay", service, place, "--yes", *WHY)
        assert status == 1
        assert "It fails as before: no CloudEvent" in said
        assert place in await intnet.places(service)
        assert (await intnet("discard", service, place, "--yes", *WHY))[0] == 0
        assert place not in await intnet.places(service)
        assert place in await intnet.places(service, "discarded")
