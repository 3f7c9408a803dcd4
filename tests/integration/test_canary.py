"""A person's number, name and texts are in the domain's collections, and nowhere else."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer
from pymongo import MongoClient

from deploy.local.platform import Platform
from deploy.local.services import NAMES
from libs.common.bus import topics
from tests.integration.lives import ASKED, OFFERED, PEOPLE, PERSON, agree, call, mistake, text
from tests.support.platform import US, outside_of

WHOLE = {"number", "name"}

Places = dict[str, set[str]]

# The agency's own file, the record of its calls, and who it may be that a conversation is with,
# whose number is sealed; a card names only who stands out, and here four share the number.
AT_HOME: Places = {
    "matcher.customers": WHOLE,
    "insights.calls": WHOLE,
    "messaging.conversations": {"name"},
}
# What a call and a text tell of who it was, and the matcher of who that may be.
ON_THE_WAY: Places = {"calls.v1": WHOLE, "messages.v1": {"number"}, "matches.v1": {"name"}}

DUE = {"tenant": US, "message": "m", "state": "needs_review", "at": datetime.now(UTC)}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lived(platform: Platform) -> list[str]:
    """The people have called, texted, agreed, stopped and been mistaken; gives the answers.

    Once for all tests, which only look.
    """
    async with outside_of(platform) as outside:
        admin = await outside.person(US, "admin")
        answers = [one for live in (call, text, agree) for one in await live(outside, admin)]
        return [answer.text for answer in [*answers, *await mistake(admin.http)]]


async def test_no_answer_repeats_the_person(lived: list[str]) -> None:
    assert [found for answer in lived if (found := _forms(answer))] == []


async def test_logs_spans_and_metrics_are_free_of_the_person(
    lived: list[str], platform: Platform
) -> None:
    await asyncio.sleep(6)  # the spans of the last calls are written every five seconds
    for path in _written(platform):
        assert (path.name, set(_forms(path.read_bytes()))) == (path.name, set())
    async with httpx.AsyncClient() as client:
        for name in NAMES:
            address = platform.services.addresses[name]
            metrics = (await client.get(f"{address.admin}/metrics")).text
            assert (name, set(_forms(metrics))) == (name, set())


async def test_records_say_no_more_of_the_person_than_their_topic_is_for(
    lived: list[str], platform: Platform
) -> None:
    seen: set[str] = set()
    values: Places = defaultdict(set)
    async for record in _records(platform.servers.kafka_url):
        seen.add(record.topic)
        assert _forms(record.key or b"") == set()
        for name, value in record.headers:
            assert _forms(name.encode() + b"=" + (value or b"")) == set()
        values[record.topic] |= _forms(record.value or b"")
    assert {topic: forms for topic, forms in values.items() if forms} == ON_THE_WAY
    assert {"messages.v1", "sms.v1", "consent.v1"} <= seen


async def test_the_person_is_at_home_in_the_store_and_nowhere_else(
    lived: list[str], platform: Platform
) -> None:
    assert _places(platform) == AT_HOME


@pytest.mark.parametrize(
    ("collection", "like", "planted", "form"),
    [
        ("messages", {"text": {"$ne": None}}, {"text": ASKED.encode()}, "word"),
        ("messages", {}, {"party": PERSON.number.encode()}, "number"),
        ("conversations", {}, {"party": PERSON.number.encode()}, "number"),
        ("consents", {}, {"permissions": [{"means": OFFERED}]}, "word"),
        ("due", None, {"message": PERSON.number}, "number"),
    ],
)
async def test_the_scan_goes_red_on_one_planted_document(
    lived: list[str],
    platform: Platform,
    collection: str,
    like: dict[str, Any] | None,
    planted: dict[str, Any],
    form: str,
) -> None:
    with _planted(platform, collection, like, planted):
        found = _places(platform)
    place = f"messaging.{collection}"
    assert found == {**AT_HOME, place: AT_HOME.get(place, set()) | {form}}
    assert _places(platform) == AT_HOME


def test_the_scan_goes_red_on_one_planted_line(platform: Platform) -> None:
    assert PERSON.found('{"event": "odd", "number": "+44 20 7946 0777"}') == "number"
    assert PERSON.found("to=%2B442079460777&x=1") == "number"
    assert PERSON.found("id=442.079.460.777") == "number"
    assert PERSON.found("Mr quillfeather") == "name"
    assert PERSON.found("she asked for ZanzibarQuince") == "word"
    assert PERSON.found(b"x" + b"KzQ0MjA3OTQ2MDc3Nw==") == "encoded"
    assert PERSON.found(b"x" + b"emFuemliYXJxdWluY2U=") == "encoded"
    assert PERSON.found("2026-11-22T08:00:00 session 20794 60776") is None


def test_the_scan_goes_red_on_one_planted_log(platform: Platform) -> None:
    planted = platform.files.log("planted")
    planted.write_text('{"event": "odd", "text": "zanzibarquince"}\n')
    try:
        red = {path for path in _written(platform) if _forms(path.read_bytes())}
    finally:
        planted.unlink()
    assert red == {planted}


@cache
def _forms(content: str | bytes) -> frozenset[str]:
    """Every form of any of the people in there; most documents are seen in every scan."""
    return frozenset(form for person in PEOPLE for form in person.forms(content))


def _written(platform: Platform) -> Iterator[Path]:
    """The logs of all processes but the provider's, and the spans."""
    state = platform.files.state
    yield from (server.log for server in platform.servers.started)
    yield from (path for path in (state / "logs").iterdir() if path.stem != "simulator")
    yield from (state / "spans").iterdir()


def _places(platform: Platform) -> Places:
    """In which collections the people are, and in which forms."""
    found: Places = defaultdict(set)
    with MongoClient[dict[str, Any]](platform.servers.mongo_url) as client:
        for database in NAMES:
            for name in client[database].list_collection_names():
                for document in client[database][name].find():
                    found[f"{database}.{name.partition('__')[0]}"] |= _forms(repr(document))
    return {place: forms for place, forms in found.items() if forms}


@contextmanager
def _planted(
    platform: Platform, collection: str, like: dict[str, Any] | None, planted: dict[str, Any]
) -> Iterator[None]:
    """One document more in a collection of messaging: like one that is there, but for this."""
    with MongoClient[dict[str, Any]](platform.servers.mongo_url) as client:
        if like is None:
            rows, base = client.messaging[collection], DUE
        else:
            rows = client.messaging[f"{collection}__{US}"]
            base = rows.find_one(like) or {}
        rows.insert_one({**base, **planted, "_id": "planted"})
        try:
            yield
        finally:
            rows.delete_one({"_id": "planted"})


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
