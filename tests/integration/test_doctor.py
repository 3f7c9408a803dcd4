"""The doctor on a platform that runs: well, with a service stopped, and with a parked record."""

import json
import os
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from deploy.local.cache import ROOT
from deploy.local.platform import Platform
from libs.common.bus import Producer
from tests.support.platform import until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

NUMBER = "+442079460181"

Lines = dict[str, dict[str, str]]


async def intnet(platform: Platform, *words: str) -> tuple[int, str]:
    """The operators' command line as a process, over the platform's own file."""
    told = {**os.environ, "INTNET_STACK": str(platform.files.stack)}
    command = [sys.executable, "-m", "deploy.cli", *words]
    process = await create_subprocess_exec(*command, cwd=ROOT, env=told, stdout=PIPE, stderr=PIPE)
    said, complained = await process.communicate()
    assert complained == b""
    return process.returncode or 0, said.decode()


async def examined(platform: Platform) -> tuple[int, Lines]:
    status, said = await intnet(platform, "doctor", "--json")
    return status, {one["check"]: one for one in json.loads(said)}


@contextmanager
def without(platform: Platform, service: str) -> Iterator[None]:
    platform.services.stop(service)
    try:
        yield
    finally:
        platform.services.start(service)
        platform.write()


async def test_it_says_what_is_well_and_which_service_is_stopped(platform: Platform) -> None:
    async def settled() -> Lines | None:
        _, lines = await examined(platform)
        return lines if lines["sweeps"]["state"] == lines["heartbeat"]["state"] == "ok" else None

    lines = await until(settled, 60)
    for check in (
        *("keys", "gateway key", "operator key", "audit key", "public keys", "clock"),
        *("kafka", "topics", "lag of matcher", "mongo", "replica set", "mongo version"),
        *("ingest", "matcher", "insights", "messaging", "consent", "gateway"),
        *("spool", "outbox", "audit gaps", "audit notes", "erasures", "requests"),
    ):
        assert lines[check]["state"] == "ok", lines[check]
    with without(platform, "insights"):
        status, lines = await examined(platform)
    assert status == 1
    assert [name for name, one in lines.items() if one["state"] == "fail"] == ["insights"]
    assert lines["insights"]["said"] == "it does not answer (ConnectError)"
    assert (await examined(platform))[1]["insights"]["state"] == "ok"


async def test_a_parked_record_is_worth_a_look_and_nothing_in_it_is_told(
    platform: Platform,
) -> None:
    producer = Producer(platform.servers.kafka_url, "tests", {})
    junk = f'{{"from": "{NUMBER}", "at": "{uuid4().hex}"}}'.encode()
    await producer.send("matches.v1", b"stranger", junk, ())
    await producer.stop()

    async def told() -> dict[str, str] | None:
        status, lines = await examined(platform)
        found = lines["parked"]
        both = all(f"{name}: " in found["said"] for name in ("insights", "messaging"))
        return found if status == 4 and found["state"] == "warn" and both else None

    found = await until(told, 60)
    assert found["do"].startswith("intnet dead list ")
    status, said = await intnet(platform, "doctor")
    assert (status, NUMBER in said, "warn: parked: intnet dead list" in said) == (4, False, True)
    for service in ("insights", "messaging"):
        words = ("--like", "CloudEvent", "--yes", "--reason", "a stranger's record")
        await intnet(platform, "dead", "discard", service, *words)
