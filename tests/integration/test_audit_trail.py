"""What services note comes out of audit.v1 whole and in order, whatever dies meanwhile."""

import asyncio
import hashlib
import io
import json
import os
import sys
import zipfile
from asyncio.subprocess import PIPE
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from deploy.local.cache import ROOT
from deploy.local.services import Services
from libs.common.events import AuditCheckpointed, AuditSealed, Envelope, fact_of
from tests.support.platform import US, Outside, until
from tests.support.trails import SOURCES, Trails, read

pytestmark = pytest.mark.timeout(300)

EACH, BATCH = 200, 25
ACTION, OTHER = "operator.acted", "tenant.saved"
SIGNED = AuditCheckpointed
LOOKED_FOR = "+12125550187"


def told(envelopes: list[Envelope]) -> list[dict[str, Any]]:
    """The entries as a reader of the topic has them: a repetition is passed over."""
    entries: list[dict[str, Any]] = []
    prev = "0" * 64
    for envelope in envelopes:
        if envelope.type != AuditSealed.TYPE:
            continue
        fact = fact_of(envelope, AuditSealed)
        if fact.sequence <= len(entries):
            continue
        entry = json.loads(fact.entry)
        assert (fact.sequence, entry["prev"]) == (len(entries) + 1, prev)
        prev = hashlib.sha256(b"\0" + fact.entry.encode()).hexdigest()
        assert fact.hash == prev
        entries.append(entry)
    return entries


def by_source(entries: list[dict[str, Any]], what: Callable[[Any], int]) -> dict[str, list[int]]:
    """A number of each entry, in order, by its source."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for entry in entries:
        found[entry["source"]].append(what(entry))
    return dict(found)


def _is_ours(entry: dict[str, Any]) -> bool:
    """Whether this test noted it: the services note acts of their own beside."""
    return entry["action"] == ACTION and "n" in entry["facts"]


async def noted_while_processes_die(services: Services, trails: Trails) -> None:
    """Returns once all of it was sent; it need not be sealed then."""
    dying = {1 + 2 * BATCH: "consent", 1 + 5 * BATCH: "messaging"}
    for first in range(1, EACH + 1, BATCH):
        await trails.note(ACTION, first, first + BATCH - 1)
        if name := dying.get(first):
            services.processes[name].kill()
            services.start(name)

    async def sent() -> bool:
        return await trails.waiting() == 0

    await until(sent, 60)
    trails.close()


async def test_every_note_is_sealed_once_and_told_in_order_though_processes_die(
    outside: Outside,
) -> None:
    servers = outside.platform.servers
    await noted_while_processes_die(outside.platform.services, Trails(servers.mongo_url))

    async def ours() -> list[dict[str, Any]] | None:
        entries = told(await read(servers.kafka_url))
        found = [entry for entry in entries if _is_ours(entry)]
        return entries if len(found) >= EACH * len(SOURCES) else None

    entries = await until(ours, 60)
    noted = [entry for entry in entries if _is_ours(entry)]
    whole = list(range(1, EACH + 1))
    assert by_source(noted, lambda entry: entry["facts"]["n"]) == dict.fromkeys(SOURCES, whole)
    for numbers in by_source(entries, lambda entry: entry["source_seq"]).values():
        assert numbers == list(range(1, len(numbers) + 1))


async def test_what_is_sealed_is_signed_and_told(outside: Outside) -> None:
    servers = outside.platform.servers
    admin = await outside.person(US, "admin")
    trails = Trails(servers.mongo_url)
    await trails.note(OTHER, 1, 30)
    trails.close()

    async def signed() -> list[int]:
        found = [one for one in await read(servers.kafka_url) if one.type == SIGNED.TYPE]
        sizes = [fact_of(envelope, SIGNED).size for envelope in found]
        return [size for size in sizes if size >= 100]

    sizes = await until(signed, 90)
    entries = told(await read(servers.kafka_url))
    assert len(entries) >= max(sizes)
    kept = (await admin.http.get("/v1/audit/checkpoints")).json()["data"]
    assert {one["size"] for one in kept} >= set(sizes)
    page = (await admin.http.get("/v1/audit", params={"limit": 1})).json()["data"]
    assert page[0]["sequence"] >= len(entries)


async def test_the_bundle_comes_through_the_gateway_and_an_agent_gets_none(
    outside: Outside,
) -> None:
    admin, agent = await outside.person(US, "admin"), await outside.person(US, "agent")
    answer = await admin.http.get("/v1/audit/bundle")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
        names = {"entries.ndjson", "checkpoints.ndjson", "keys.txt", "manifest.json"}
        assert set(opened.namelist()) == names
        assert f"/{US}+" in opened.read("keys.txt").decode()
    for path in ("", "/checkpoints", "/keys", "/bundle", "/proofs?sequence=1"):
        assert (await agent.http.get(f"/v1/audit{path}")).status_code == 403


async def test_an_operator_who_looks_for_a_person_is_on_the_agencys_record(
    outside: Outside,
) -> None:
    admin = await outside.person(US, "admin")
    customer = {"name": "A", "numbers": [{"number": LOOKED_FOR}], "lawful_basis": "contract"}
    saved = await admin.http.post("/v1/customers", json=customer)
    assert saved.status_code == 201, saved.text
    words = ("privacy", "scan", "--number", LOOKED_FOR, "--json")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.cli", *words),
        cwd=ROOT,
        env={**os.environ, "INTNET_STACK": str(outside.platform.files.stack)},
        stdout=PIPE,
        stderr=PIPE,
    )
    said, complained = await process.communicate()
    assert process.returncode == 1, complained.decode()
    shown = json.loads(said)
    assert f"mongo matcher.customers__{US}" in shown["found"]
    assert shown["noted"] == ["platform", US]

    async def sealed() -> list[dict[str, Any]]:
        page = await admin.http.get("/v1/audit", params={"action": "privacy.scanned"})
        return list(page.json()["data"])

    (entry,) = await until(sealed)
    assert (entry["actor"], entry["source"]) == ("operator:operator", "consent")
    assert 1 <= entry["facts"]["found"] <= sum(shown["found"].values())
    saves = (await admin.http.get("/v1/audit", params={"action": "customer.saved"})).json()
    assert entry["person"] == saves["data"][0]["person"]
    assert LOOKED_FOR.removeprefix("+1") not in json.dumps(entry)
