"""The trail over HTTP: read, proven, and handed over whole."""

import asyncio
import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from libs.common import auditkeys, clock
from libs.common.events import TenantSaved
from services.consent.api.audit import proofs, reader
from services.consent.jobs import checkpoints
from services.consent.store import Store
from services.consent.store.audit import entries
from tests.consent.given import NOON
from tests.consent.trails import mth, noted, opened, seal
from tests.support.http import Harness
from tests.support.notes import notes_of

SUBJECT = "5b0c7e1fa2d94a6c8e3f1d2b4a596877"


@pytest.fixture
async def trail(
    house: Harness[Store], agency: TenantSaved, monkeypatch: pytest.MonkeyPatch
) -> TenantSaved:
    """Fifteen entries, of which seven and then twelve were signed."""
    for first, last in ((1, 7), (8, 12)):
        await seal(house, agency, [noted(n, agency.tenant) for n in range(first, last + 1)])
        await sign(house, monkeypatch)
    said = [noted(n, agency.tenant, action="access.read", person=SUBJECT) for n in (13, 14, 15)]
    later = [one.model_copy(update={"at": NOON + timedelta(days=1)}) for one in said]
    await seal(house, agency, later)
    return agency


async def sign(house: Harness[Store], monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now() + timedelta(seconds=61)
    with monkeypatch.context() as moved:
        moved.setattr(clock, "now", lambda: now)
        await checkpoints.signed(house)  # type: ignore[arg-type]


async def asked(client: httpx.AsyncClient, path: str = "", **params: Any) -> Any:
    answer = await client.get(f"/v1/audit{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_entries_are_listed_in_pages_and_by_what_they_say(
    trail: TenantSaved, client: httpx.AsyncClient
) -> None:
    page = await asked(client, limit=10)
    rest = await asked(client, limit=10, cursor=page["next_cursor"])
    assert [e["sequence"] for e in page["data"] + rest["data"]] == list(range(15, 0, -1))
    assert rest["next_cursor"] is None
    reads = await asked(client, action="access.read")
    people = await asked(client, subject=SUBJECT)
    later = await asked(client, **{"from": (NOON + timedelta(hours=1)).isoformat()})
    assert reads == people == later
    assert [e["sequence"] for e in reads["data"]] == [15, 14, 13]
    assert len((await asked(client, to=(NOON + timedelta(hours=1)).isoformat()))["data"]) == 12
    assert (await asked(client, subject="nobody"))["data"] == []
    assert (await asked(client, actor="user:usr_2"))["data"] == []


async def test_checkpoints_are_signed_by_the_keys_that_are_published(
    trail: TenantSaved, client: httpx.AsyncClient, house: Harness[Store]
) -> None:
    made = (await asked(client, "/checkpoints"))["data"]
    (key,) = (await asked(client, "/keys"))["data"]
    leaves = await house.store(trail).audit.entries.hashes(100)
    for one, size in zip(made, (12, 7), strict=True):
        origin, signed, root = opened(one["note"], key["key"])
        assert (origin, signed) == (f"audit.example/{trail.tenant}", size)
        assert (one["size"], root) == (size, mth(leaves[:size]))


async def test_after_a_rotation_the_old_key_still_verifies(
    trail: TenantSaved,
    client: httpx.AsyncClient,
    house: Harness[Store],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    auditkeys.rotate(house.settings.keys_file.with_name("audit-keys.json"))
    await sign(house, monkeypatch)
    old, new = (await asked(client, "/keys"))["data"]
    assert (old["not_after"], new["not_after"]) == (new["not_before"], None)
    last, before, _ = (await asked(client, "/checkpoints"))["data"]
    assert opened(last["note"], new["key"])[1] == 15
    assert opened(before["note"], old["key"])[1] == 12


async def test_an_entry_is_proven_by_the_first_checkpoint_over_it(
    trail: TenantSaved, client: httpx.AsyncClient
) -> None:
    (key,) = (await asked(client, "/keys"))["data"]
    for sequence, size in ((1, 7), (7, 7), (8, 12), (12, 12)):
        proof = await asked(client, "/proofs", sequence=sequence)
        _, signed, root = opened(proof["checkpoint"], key["key"])
        leaf = hashlib.sha256(b"\0" + proof["entry"].encode()).digest()
        assert (signed, proof["hash"]) == (size, leaf.hex())
        path = [bytes.fromhex(step) for step in proof["path"]]
        assert climbed(leaf, sequence - 1, size, path) == root
    answer = await client.get("/v1/audit/proofs", params={"sequence": 13})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_signed_yet")
    answer = await client.get("/v1/audit/proofs", params={"sequence": 16})
    assert answer.status_code == 404


async def test_which_proof_must_be_said(trail: TenantSaved, client: httpx.AsyncClient) -> None:
    proof = await asked(client, "/proofs", **{"from": 7, "to": 12})
    assert proof["proof"] == "consistency"
    assert len(proof["path"]) == 5
    for params in ({}, {"from": 7}, {"from": 12, "to": 7}, {"sequence": 1, "from": 7, "to": 12}):
        answer = await client.get("/v1/audit/proofs", params=params)
        assert (answer.status_code, answer.json()["code"]) == (422, "which_proof")
    answer = await client.get("/v1/audit/proofs", params={"from": 6, "to": 12})
    assert answer.status_code == 404


async def test_the_bundle_holds_all_that_a_verifier_needs(
    trail: TenantSaved, client: httpx.AsyncClient
) -> None:
    answer = await client.get("/v1/audit/bundle")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as opened_zip:
        assert opened_zip.testzip() is None
        files = {name: opened_zip.read(name) for name in opened_zip.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    assert manifest == {name: hashlib.sha256(text).hexdigest() for name, text in files.items()}
    lines = [json.loads(line) for line in files["entries.ndjson"].splitlines()]
    assert [line["sequence"] for line in lines] == list(range(1, 16))
    assert lines[0].keys() == {"tenant", "sequence", "entry", "hash"}
    signed = [json.loads(line) for line in files["checkpoints.ndjson"].splitlines()]
    (key,) = files["keys.txt"].decode().splitlines()
    assert [opened(line["note"], key)[1] for line in signed] == [7, 12]


@pytest.mark.parametrize("house", ["mongo"], indirect=True)
async def test_a_long_trail_is_never_read_at_once(
    trail: TenantSaved,
    client: httpx.AsyncClient,
    house: Harness[Store],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows: list[int] = []
    collection = type(house.mongo.service_collection("trail"))
    read = collection.list

    async def counted(self: Any, *args: Any, **told: Any) -> Any:
        found = await read(self, *args, **told)
        rows.append(len(found))
        return found

    monkeypatch.setattr(collection, "list", counted)
    monkeypatch.setattr(entries, "HASHES_AT_ONCE", 5)
    answer = await client.get("/v1/audit/bundle")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as opened_zip:
        assert len(opened_zip.read("checkpoints.ndjson").splitlines()) == 2
    assert rows == []  # entries and checkpoints are streamed
    assert len((await asked(client, "/proofs", **{"from": 7, "to": 12}))["path"]) == 5
    assert max(rows) == 5


async def passed_on(house: Harness[Store], agency: TenantSaved) -> list[dict[str, Any]]:
    """What was noted, once it is sealed as if consent had forwarded it."""
    told = [note for note in await notes_of(house, agency) if note["action"] == "audit.read"]
    last = (await house.store(agency).audit.head()).numbers("consent").last
    fresh = [
        noted(n, agency.tenant, "consent", **note).model_copy(update={"at": clock.now()})
        for n, note in enumerate(told, 1)
        if n > last
    ]
    await seal(house, agency, fresh)
    return told


async def test_proofs_are_bounded_and_say_what_else_to_do(
    trail: TenantSaved,
    client: httpx.AsyncClient,
    house: Harness[Store],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = {"from": 7, "to": 12}
    with monkeypatch.context() as least:
        least.setattr(proofs, "MOST_ENTRIES", 11)
        answer = await client.get("/v1/audit/proofs", params=both)
        assert (answer.status_code, answer.json()["code"]) == (422, "trail_too_long")
        assert "audit_verify" in answer.json()["detail"]
        await asked(client, "/proofs", sequence=7)
    going, go_on = 0, asyncio.Event()
    pages = entries.Entries.pages_of_hashes

    async def slowly(self: entries.Entries, size: int) -> AsyncIterator[list[bytes]]:
        nonlocal going
        going += 1
        await go_on.wait()
        async for page in pages(self, size):
            yield page

    monkeypatch.setattr(entries.Entries, "pages_of_hashes", slowly)
    asking = [
        asyncio.ensure_future(asked(client, "/proofs", **both)) for _ in range(proofs.AT_ONCE)
    ]
    while going < proofs.AT_ONCE:
        await asyncio.sleep(0.01)
    answer = await client.get("/v1/audit/proofs", params={"sequence": 1})
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert answer.headers["Retry-After"] == "5"
    go_on.set()
    assert {len(one["path"]) for one in await asyncio.gather(*asking)} == {5}
    assert len((await asked(client, "/proofs", **both))["path"]) == 5


async def test_who_reads_the_trail_is_on_it(
    trail: TenantSaved, client: httpx.AsyncClient, house: Harness[Store]
) -> None:
    """By what was asked, and never for whom; what shows nothing is not noted."""
    await asked(client, subject=SUBJECT, **{"from": NOON.isoformat()})
    await asked(client, limit=3)
    await asked(client, "/proofs", sequence=7)
    await client.get("/v1/audit/bundle")
    await asked(client, subject="nobody")
    await asked(client, actor="user:usr_2")
    await asked(client, "/proofs", **{"from": 7, "to": 12})
    await asked(client, "/checkpoints")
    await asked(client, "/keys")
    told = await passed_on(house, trail)
    assert [(note["actor"], note["object"]) for note in told] == [
        ("user:usr_7", what) for what in ("entries", "latest", "proof", "bundle")
    ]
    assert [note["facts"]["documents"] for note in told] == [3, 3, 1, 15]
    assert told[0]["facts"]["filters"] == "subject,from"
    assert told[0]["facts"]["operation"] == "GET /v1/audit"
    assert SUBJECT not in json.dumps(told)
    assert not [note for note in told if note.get("person")]


@pytest.mark.parametrize("limit", [1, 3, 100])
async def test_a_program_that_reads_until_nothing_is_new_comes_to_an_end(
    trail: TenantSaved, client: httpx.AsyncClient, house: Harness[Store], limit: int
) -> None:
    """The latest page, the bundle, each new entry with its proof: noted once, until more comes."""
    for turn in range(2):
        for _ in range(5):
            page = await asked(client, limit=limit)
            await client.get("/v1/audit/bundle")
            await passed_on(house, trail)
            for entry in page["data"]:
                if entry["action"] == "audit.read":
                    await client.get("/v1/audit/proofs", params={"sequence": entry["sequence"]})
            await asked(client, action="audit.read")
        told = await passed_on(house, trail)
        assert [note["object"] for note in told] == ["latest", "bundle"] * (turn + 1)
        await seal(house, trail, [noted(16 + turn, trail.tenant)])


@pytest.mark.parametrize("path", ["", "/bundle"])
async def test_what_is_sealed_between_an_answer_and_its_note_is_not_taken_for_shown(
    trail: TenantSaved, client: httpx.AsyncClient, house: Harness[Store], path: str
) -> None:
    for _ in range(3):
        assert (await client.get(f"/v1/audit{path}")).status_code == 200
        if (await house.store(trail).audit.head()).size == 15:
            await seal(house, trail, [noted(16, trail.tenant, action="erasure.completed")])
        await passed_on(house, trail)
    told = await passed_on(house, trail)
    assert [note["facts"]["documents"] for note in told] == [15, 17]
    assert [note["facts"]["up_to"] for note in told] == [15, 17]


async def test_a_bundle_ends_where_its_note_says(
    trail: TenantSaved,
    client: httpx.AsyncClient,
    house: Harness[Store],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    note = house.units.note

    async def slowly(*told: Any, **more: Any) -> Any:
        await note(*told, **more)
        await seal(house, trail, [noted(16, trail.tenant)])
        await sign(house, monkeypatch)

    monkeypatch.setattr(house.units, "note", slowly)
    answer = await client.get("/v1/audit/bundle")
    assert (await house.store(trail).audit.head()).size == 16
    with zipfile.ZipFile(io.BytesIO(answer.content)) as opened_zip:
        assert len(opened_zip.read("entries.ndjson").splitlines()) == 15
        assert len(opened_zip.read("checkpoints.ndjson").splitlines()) == 2
    (told,) = await notes_of(house, trail)
    assert told["facts"]["up_to"] == 15


async def test_a_longer_page_and_a_later_day_are_noted_again(
    trail: TenantSaved,
    client: httpx.AsyncClient,
    house: Harness[Store],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for limit in (3, 9, 3):
        await asked(client, limit=limit)
        await passed_on(house, trail)
    await house.client(trail, user="usr_8").get("/v1/audit", params={"limit": 3})
    told = await passed_on(house, trail)
    assert [note["facts"]["limit"] for note in told] == [3, 9, 3]
    later = clock.now() + timedelta(days=1, minutes=1)
    client = house.client(trail, user="usr_7")
    with monkeypatch.context() as moved:
        moved.setattr(reader, "clock", SimpleNamespace(now=lambda: later))
        await asked(client, limit=9)
    assert len(await passed_on(house, trail)) == 4


async def test_a_read_that_cannot_be_noted_is_not_answered(
    trail: TenantSaved,
    client: httpx.AsyncClient,
    house: Harness[Store],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def failing(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(house.units, "note", failing)
    for path in ("", "/bundle", "/proofs?sequence=1"):
        assert (await client.get(f"/v1/audit{path}")).status_code == 500, path


async def test_an_agent_reads_no_trail(house: Harness[Store], trail: TenantSaved) -> None:
    client = house.client(trail, role="agent", scopes=["consents:read"])
    assert (await client.get("/v1/audit")).status_code == 403


def climbed(leaf: bytes, place: int, size: int, path: list[bytes]) -> bytes:
    """The root that a path leads to, as RFC 9162, 2.1.3.2, walks it."""
    number, last, top = place, size - 1, leaf
    for step in path:
        assert last > 0
        if number & 1 or number == last:
            top = hashlib.sha256(b"\1" + step + top).digest()
            while not number & 1 and number:
                number, last = number >> 1, last >> 1
        else:
            top = hashlib.sha256(b"\1" + top + step).digest()
        number, last = number >> 1, last >> 1
    assert last == 0
    return top
