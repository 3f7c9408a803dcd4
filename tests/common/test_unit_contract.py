"""Units of work, over documents in memory and over the real store alike."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from libs.common.events import (
    CallMatched,
    CustomerRemoved,
    Envelope,
    TenantSaved,
    derived_id,
    enclose,
)
from libs.common.mongo import DuplicateKeyError, Entity, Mongo, TenantScope, Work
from tests.support.http import tenant_id
from tests.support.units import MemoryMongo, MemoryUnits, RecordedUnits

NOTES = Entity("notes", {"times": ("int",)})
AT = datetime(2026, 5, 19, tzinfo=UTC)


class Notes:
    def __init__(self, scope: TenantScope) -> None:
        self.rows = scope.collection("notes")

    async def add(self, key: str) -> None:
        await self.rows.change({"_id": key}, {"$inc": {"times": 1}}, upsert=True)

    async def times(self, key: str) -> int:
        row = await self.rows.get({"_id": key})
        return int(row["times"]) if row else 0


def matched(session: str) -> CallMatched:
    return CallMatched(session_id=session, outcome="unknown")


async def note(store: Notes, work: Work) -> None:
    await store.add("x")
    work.emit(matched("s-1"))
    work.emit(matched("s-2"))


class Contract:
    @pytest.fixture
    def units(self, mongo: Mongo) -> RecordedUnits[Notes]:
        return RecordedUnits(mongo, Notes, [CallMatched])

    @pytest.fixture
    async def tenant(self, mongo: Mongo) -> AsyncIterator[TenantSaved]:
        tenant = TenantSaved(
            tenant=tenant_id(), version=1, name="A", profile="p", region="US", language="en"
        )
        await mongo.open_tenant(tenant.tenant)
        yield tenant
        await mongo.close_tenant(tenant.tenant)

    async def test_an_event_counts_once_for_each_handler(
        self, units: RecordedUnits[Notes], tenant: TenantSaved
    ) -> None:
        cause = enclose(matched("s-0"), tenant.tenant, id="e-1", source="test", time=AT)
        assert await units.once(tenant, cause, "one", note)
        assert not await units.once(tenant, cause, "one", note)
        assert await units.once(tenant, cause, "two", note)
        assert await units.read(tenant.tenant).times("x") == 2
        assert units.of(CallMatched) == [matched("s-1"), matched("s-2")] * 2
        ids = [derived_id("test/e-1", "call.matched", index) for index in (0, 1)]
        assert [one.id for one in units.envelopes] == ids * 2
        assert {one.causationid for one in units.envelopes} == {"e-1"}

    async def test_what_two_services_say_to_one_event_has_ids_of_its_own(
        self, mongo: Mongo, units: RecordedUnits[Notes], tenant: TenantSaved
    ) -> None:
        cause = enclose(matched("s-0"), tenant.tenant, id="e-1", source="test", time=AT)
        other = RecordedUnits(mongo, Notes, [CallMatched], "other")
        for one, handler in ((units, "one"), (other, "two")):
            await one.once(tenant, cause, handler, note)
        assert len({event.id for one in (units, other) for event in one.envelopes}) == 4

    async def test_a_handler_knows_what_caused_it_and_a_write_has_a_cause_of_its_own(
        self, units: RecordedUnits[Notes], tenant: TenantSaved
    ) -> None:
        seen: list[str] = []

        async def look(_: Notes, work: Work) -> None:
            seen.append(work.cause)

        for key in ("e-1", "e-2"):
            cause = enclose(matched("s-0"), tenant.tenant, id=key, source="test", time=AT)
            await units.once(tenant, cause, "look", look)
        await units.write(tenant, look)
        assert seen[:2] == ["e-1", "e-2"]
        assert seen[2] not in {"", *seen[:2]}

    async def test_many_at_once_count_once_each_and_one_that_fails_alone(
        self, units: RecordedUnits[Notes], tenant: TenantSaved
    ) -> None:
        async def failing(store: Notes, work: Work) -> None:
            await note(store, work)
            raise KeyError

        async def one(number: int) -> object:
            event = f"e-{number % 20}"
            cause = enclose(matched("s-0"), tenant.tenant, id=event, source="test", time=AT)
            body = failing if number % 20 == 7 else note
            try:
                return await units.once(tenant, cause, "one", body)
            except KeyError:
                return "failed"

        said = await asyncio.gather(*(one(number) for number in range(40)))
        assert sorted(map(str, said)) == ["False"] * 19 + ["True"] * 19 + ["failed"] * 2
        assert await units.read(tenant.tenant).times("x") == 19
        assert len({envelope.id for envelope in units.envelopes}) == len(units.envelopes) == 38

    async def test_a_write_that_fails_leaves_nothing(
        self, units: RecordedUnits[Notes], tenant: TenantSaved
    ) -> None:
        async def failing(store: Notes, work: Work) -> None:
            await note(store, work)
            raise KeyError

        cause = enclose(matched("s-0"), tenant.tenant, id="e-1", source="test", time=AT)
        with pytest.raises(KeyError):
            await units.write(tenant, failing)
        with pytest.raises(KeyError):
            await units.once(tenant, cause, "one", failing)
        assert await units.read(tenant.tenant).times("x") == 0
        assert units.emitted == []
        assert await units.once(tenant, cause, "one", note)

    async def test_a_write_gives_its_result_and_its_events(
        self, units: RecordedUnits[Notes], tenant: TenantSaved
    ) -> None:
        async def body(store: Notes, work: Work) -> str:
            await note(store, work)
            return work.tenant.tenant

        assert await units.write(tenant, body) == tenant.tenant
        assert units.emitted == [matched("s-1"), matched("s-2")]

    async def test_another_duplicate_key_is_no_repetition(
        self, units: RecordedUnits[Notes], tenant: TenantSaved
    ) -> None:
        async def body(store: Notes, _: Work) -> None:
            await store.rows.insert({"_id": "x", "times": 1})

        await units.write(tenant, body)
        cause: Envelope = enclose(matched("s"), tenant.tenant, id="e-1", source="test", time=AT)
        with pytest.raises(DuplicateKeyError):
            await units.once(tenant, cause, "one", body)


class TestMemory(Contract):
    @pytest.fixture
    def mongo(self) -> Mongo:
        return MemoryMongo([NOTES])

    async def test_in_one_call(self, tenant: TenantSaved) -> None:
        units = MemoryUnits(Notes, entities=[NOTES], emits=[CallMatched])
        units.mongo.retries = 1
        await units.write(tenant, note)
        assert await units.read(tenant.tenant).times("x") == 1
        assert len(units.emitted) == 2

    async def test_an_event_that_is_not_declared_is_refused(
        self, units: RecordedUnits[Notes], tenant: TenantSaved
    ) -> None:
        async def body(_: Notes, work: Work) -> None:
            work.emit(CustomerRemoved(customer_id="c"))

        with pytest.raises(LookupError, match=r"customer\.removed"):
            await units.write(tenant, body)


class TestMongo(Contract):
    @pytest.fixture
    async def mongo(self, mongo_url: str) -> AsyncIterator[Mongo]:
        mongo = Mongo(mongo_url, "contract", (NOTES,))
        await mongo.start()
        yield mongo
        mongo.close()
