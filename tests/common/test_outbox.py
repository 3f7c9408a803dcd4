"""The relay: every committed event goes out, whoever wrote it and whatever stands beside it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from prometheus_client import REGISTRY

from libs.common import clock
from libs.common.events import CallMatched, CallStarted, Envelope, enclose
from libs.common.mongo import Mongo, Outbox, outbox
from libs.common.mongo.outbox import MOST_BYTES, TooLarge
from libs.common.mongo.scope import Collection, Query
from tests.support.units import MemoryMongo

AT = datetime(2020, 5, 19, tzinfo=UTC)
PLACES = {"call.matched": "matches.v1"}


class Away(MemoryMongo):
    """A store that fails to delete so many times."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self.failures = failures

    def service_collection(self, name: str, session: Any = None) -> Collection:
        rows = super().service_collection(name, session)
        remove = rows.remove

        async def fails(query: Query) -> int:
            if self.failures:
                self.failures -= 1
                raise ConnectionError
            return await remove(query)

        rows.remove = fails  # type: ignore[method-assign]
        return rows


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    real = asyncio.sleep
    monkeypatch.setattr("asyncio.sleep", lambda _: real(0.001))


def matched(number: int, session: str = "s-1") -> Envelope:
    fact = CallMatched(session_id=session, outcome="unknown")
    return enclose(fact, "agencyaaa", id=f"e-{number}", source="test", time=AT)


async def commit(mongo: Mongo, places: dict[str, str], *envelopes: Envelope) -> None:
    writer = Outbox(mongo, _nowhere, places)
    await mongo.transaction(lambda session: writer.add(envelopes, session))


async def _nowhere(_: Sequence[Envelope]) -> None:
    raise AssertionError


@asynccontextmanager
async def relaying(mongo: Mongo) -> AsyncIterator[tuple[Outbox, list[str]]]:
    taken: list[str] = []

    async def publish(envelopes: Sequence[Envelope]) -> None:
        taken.extend(f"{one.id}: {PLACES[one.type]}" for one in envelopes)

    box = Outbox(mongo, publish, PLACES)
    relay = asyncio.ensure_future(box.relay())
    try:
        yield box, taken
    finally:
        relay.cancel()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0)


async def test_rows_of_a_newer_version_wait_for_it_and_hold_up_nobody() -> None:
    mongo = MemoryMongo()
    newer = {"call.matched": "texts.v1"}
    await commit(mongo, newer, matched(1))
    started = CallStarted(
        session_id="s-1",
        leg_id="l",
        occurred_at=AT,
        direction="incoming",
        started_at=AT,
        party_kind="number",
    )
    unknown = enclose(started, "agencyaaa", id="e-2", source="test", time=AT)
    await commit(mongo, {"call.started": "matches.v1"}, unknown)
    await commit(mongo, PLACES, matched(3))
    async with relaying(mongo) as (box, taken):
        await until(lambda: bool(taken))
        await commit(mongo, PLACES, matched(4))
        box.wake([matched(4)])
        await box.drained()
    assert list(dict.fromkeys(taken)) == ["e-3: matches.v1", "e-4: matches.v1"]
    rows = await mongo.service_collection("outbox").list({}, sort=[("_id", 1)])
    assert [row["_id"] for row in rows] == ["agencyaaa:e-1", "agencyaaa:e-2"]


async def test_an_unreadable_row_holds_up_nobody() -> None:
    mongo = MemoryMongo()
    await commit(mongo, PLACES, matched(1), matched(2))
    await mongo.service_collection("outbox").change(
        {"_id": "agencyaaa:e-1"}, {"$set": {"value": b"{"}}
    )
    async with relaying(mongo) as (_, taken):
        await until(lambda: bool(taken))
    assert taken == ["e-2: matches.v1"]


async def test_a_delete_that_fails_publishes_nothing_twice() -> None:
    mongo = Away(failures=30)
    await commit(mongo, PLACES, matched(1))
    async with relaying(mongo) as (box, taken):
        box.wake([matched(1)])
        await box.drained()
    assert taken == ["e-1: matches.v1"]
    assert await mongo.service_collection("outbox").count({}) == 0


async def test_an_event_too_large_for_a_record_is_refused() -> None:
    mongo = MemoryMongo()
    with pytest.raises(TooLarge, match=r"call\.matched: .* at most 900000"):
        await commit(mongo, PLACES, matched(1, "s" * MOST_BYTES))
    assert await mongo.service_collection("outbox").count({}) == 0


async def test_what_memory_does_not_hold_is_published_from_its_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbox, "MOST_FRESH", 2)
    mongo = MemoryMongo()
    await commit(mongo, PLACES, *(matched(n) for n in range(4)))
    async with relaying(mongo) as (box, taken):
        box.wake([matched(0), matched(1)])
        box.wake([matched(2), matched(3)])
        await until(lambda: len(taken) >= 4)
        await box.drained()
        await commit(mongo, PLACES, matched(4))
        box.wake([matched(4)])
        await until(lambda: len(taken) >= 5)
        await box.drained()
    assert taken == [f"e-{n}: matches.v1" for n in range(5)]
    assert await mongo.service_collection("outbox").count({}) == 0


async def test_the_age_of_the_oldest_row_is_told_while_kafka_is_away() -> None:
    mongo = MemoryMongo()
    await commit(mongo, PLACES, matched(1))

    async def away(_: Sequence[Envelope]) -> None:
        raise ConnectionError

    relay = asyncio.ensure_future(Outbox(mongo, away, PLACES).relay())
    try:
        await until(lambda: _oldest() > 0)
    finally:
        relay.cancel()
    assert _oldest() == pytest.approx((clock.now() - AT).total_seconds(), abs=60)


def _oldest() -> float:
    return REGISTRY.get_sample_value("outbox_oldest_unsent_seconds") or 0.0
