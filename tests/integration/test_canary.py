"""A person's number and name are in the domain's collections, and nowhere else."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer
from pymongo import MongoClient

from deploy.local.platform import Platform
from libs.common.bus import topics
from tests.support.canary import Canary
from tests.support.platform import US, Outside, until

PERSON = Canary("+442079460777", "2079460777", "Quillfeather Canarius")
SPELLINGS = ("+442079460777", "+44 20 7946 0777", "0044 (20) 7946-0777", "+٤٤٢٠٧٩٤٦٠٧٧٧")
# The agency's own file and the record of its calls; a card names only who stands out, and
# here four share the number.
AT_HOME = {"matcher.customers", "insights.calls"}


@pytest_asyncio.fixture
async def lived(outside: Outside) -> AsyncIterator[list[str]]:
    """The person is imported, calls, and turns up in all kinds of bad input; gives the answers."""
    admin = await outside.person(US, "admin")
    rows = [f"c-{i},{PERSON.name},{s}" for i, s in enumerate(SPELLINGS)]
    bad = [f"x-{i},{PERSON.name},{s}12345678" for i, s in enumerate(SPELLINGS)]
    text = "\n".join(["id,name,phone", *rows, *bad])
    await admin.upload(text.encode())
    for extra in ({}, {"times": 3}, {"spoofed": True}, {"dashed": True}, {"signature": "wrong"}):
        await outside.ring(US, **{"from": PERSON.number, "caller_name": PERSON.name, **extra})
    rung = await outside.ring(US, **{"from": PERSON.number})
    await outside.ring(US, **{"to": PERSON.number, "from": PERSON.number, "connection_id": "1"})

    async def carded() -> bool:
        page = (await admin.http.get("/v1/insights", params={"limit": 200})).json()
        mine = [i for i in page["data"] if i["session_id"] == rung["session_id"]]
        return bool(mine) and mine[0]["version"] == 2

    await until(carded)
    yield [answer.text for answer in await _mistakes(admin.http)]


async def _mistakes(http: httpx.AsyncClient) -> list[httpx.Response]:
    """Requests with the person in every place where a mistake can put them."""
    number, name = PERSON.number, PERSON.name
    bad = {"name": name, "numbers": [{"number": number + "000"}], "lawful_basis": "contract"}
    return [
        await http.get(f"/v1/customers/{number}"),
        await http.get("/v1/customers", params={"cursor": number, name: number}),
        await http.post("/v1/customers", json=bad),
        await http.post("/v1/customers", json={number: name}),
        await http.post("/v1/session", json={"email": name, "password": number}),
        await http.post("/v1/users", json={"email": number, "role": name}),
        await http.get(f"/v1/{name}/{number}"),
    ]


async def test_no_answer_to_a_mistake_repeats_the_person(lived: list[str]) -> None:
    assert [PERSON.found(text) for text in lived] == [None] * len(lived)


async def test_logs_spans_and_metrics_are_free_of_the_person(
    lived: list[str], platform: Platform
) -> None:
    await asyncio.sleep(6)  # the spans of the last calls are written every five seconds
    state = platform.files.state
    for path in [*(state / "logs").iterdir(), *(state / "spans").iterdir()]:
        assert (path.name, PERSON.found(path.read_bytes())) == (path.name, None)
    async with httpx.AsyncClient() as client:
        for name, address in platform.services.addresses.items():
            text = (await client.get(f"{address.admin}/metrics")).text
            assert (name, PERSON.found(text)) == (name, None)


async def test_keys_headers_and_dead_letters_are_free_of_the_person(
    lived: list[str], platform: Platform
) -> None:
    seen = 0
    async for record in _records(platform.servers.kafka_url):
        seen += 1
        assert PERSON.found(record.key or b"") is None
        for name, value in record.headers:
            assert PERSON.found(name.encode() + b"=" + (value or b"")) is None
        if record.topic.endswith(".dead.v1"):
            assert PERSON.found(record.value or b"") is None
    assert seen > 0


async def test_the_person_is_at_home_in_the_store_and_nowhere_else(
    lived: list[str], platform: Platform
) -> None:
    places = {place for place, document in _documents(platform) if PERSON.found(document)}
    assert places == AT_HOME


def test_the_scan_goes_red_on_one_planted_line(platform: Platform) -> None:
    assert PERSON.found('{"event": "odd", "number": "+44 20 7946 0777"}') == "number"
    assert PERSON.found("to=%2B442079460777&x=1") == "number"
    assert PERSON.found("id=442.079.460.777") == "number"
    assert PERSON.found("Mr quillfeather") == "name"
    assert PERSON.found(b"x" + b"KzQ0MjA3OTQ2MDc3Nw==") == "encoded"
    assert PERSON.found("2026-11-22T08:00:00 session 20794 60776") is None


def _documents(platform: Platform) -> Iterator[tuple[str, str]]:
    with MongoClient[dict[str, Any]](platform.servers.mongo_url) as client:
        for database in ("ingest", "matcher", "insights", "gateway"):
            for name in client[database].list_collection_names():
                for document in client[database][name].find():
                    yield f"{database}.{name.partition('__')[0]}", repr(document)


async def _records(url: str) -> AsyncIterator[Any]:
    names = [topic.name for topic in topics.CATALOGUE]
    consumer = AIOKafkaConsumer(*names, bootstrap_servers=url, auto_offset_reset="earliest")
    await consumer.start()
    try:
        ends = await consumer.end_offsets(list(consumer.assignment()))
        while any([await consumer.position(p) < end for p, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    yield record
    finally:
        await consumer.stop()


pytestmark = pytest.mark.timeout(120)
