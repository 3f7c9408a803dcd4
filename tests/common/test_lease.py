"""One process at a time, over documents in memory and over the real store."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from libs.common import clock
from libs.common.mongo import Lease, Mongo
from libs.common.mongo.lease import LEASE
from tests.support.http import tenant_id
from tests.support.units import MemoryMongo

NOON = datetime(2026, 5, 19, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Time:
    """The time of all processes."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class Contract:
    @pytest.fixture(autouse=True)
    def time(self, monkeypatch: pytest.MonkeyPatch) -> Time:
        time = Time()
        monkeypatch.setattr(clock, "now", time)
        return time

    async def test_it_is_one_processs_until_it_ends(self, mongo: Mongo, time: Time) -> None:
        leases = mongo.service_collection("leases")
        one, other = Lease(leases, "work"), Lease(leases, "work")
        assert await one.hold()
        assert await one.hold()
        assert not await other.hold()
        time.now = NOON + LEASE * 2
        assert await other.hold()
        assert not await one.hold()
        time.now = NOON - timedelta(days=1)
        assert await one.hold()  # the other's ends later than any lease can
        await one.release()
        assert await other.hold()

    async def test_one_of_many_has_it(self, mongo: Mongo, time: Time) -> None:
        leases = mongo.service_collection("leases")
        others = [Lease(leases, "work", MINUTE) for _ in range(4)]
        taken = await asyncio.gather(*(one.hold() for one in others))
        assert sorted(taken) == [False, False, False, True]
        await others[taken.index(True)].release()
        taken = await asyncio.gather(*(one.hold() for one in others))
        assert sorted(taken) == [False, False, False, True]  # there is a row now
        time.now = NOON + MINUTE
        others = [Lease(leases, "work", MINUTE) for _ in range(4)]
        taken = await asyncio.gather(*(one.hold() for one in others))
        assert sorted(taken) == [False, False, False, True]

    async def test_it_lasts_as_long_as_is_said(self, mongo: Mongo, time: Time) -> None:
        leases = mongo.service_collection("leases")
        one, other = Lease(leases, "work", MINUTE), Lease(leases, "work", MINUTE)
        assert await one.hold()
        time.now = NOON + MINUTE - timedelta(seconds=1)
        assert not await other.hold()
        time.now = NOON + MINUTE
        assert await other.hold()

    async def test_it_keeps_when_the_work_was_done(self, mongo: Mongo, time: Time) -> None:
        leases = mongo.service_collection("leases")
        one, other = Lease(leases, "work", MINUTE), Lease(leases, "work", MINUTE)
        assert await one.done_at() is None
        assert await one.hold()
        assert await other.done_at() is None
        await one.release(NOON)
        assert await other.done_at() == NOON
        assert await other.hold()
        await other.release()  # not done this time
        assert await one.done_at() == NOON

    async def test_who_was_overtaken_gives_nothing_back(self, mongo: Mongo, time: Time) -> None:
        leases = mongo.service_collection("leases")
        one, other, third = (Lease(leases, "work") for _ in range(3))
        assert await one.hold()
        time.now = NOON + LEASE
        assert await other.hold()
        await one.release(NOON)
        assert not await third.hold()
        assert await third.done_at() is None


class TestInMemory(Contract):
    @pytest.fixture
    def mongo(self) -> Mongo:
        return MemoryMongo()


@pytest.mark.integration
@pytest.mark.timeout(600)
class TestOnTheServer(Contract):
    @pytest.fixture
    async def mongo(self, mongo_url: str) -> AsyncIterator[Mongo]:
        mongo = Mongo(mongo_url, f"lease{tenant_id()}", ())
        await mongo.start()
        yield mongo
        mongo.close()
