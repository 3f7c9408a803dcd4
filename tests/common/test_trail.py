"""What is noted goes out numbered, in order and without a gap, over memory and the real store."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence

import pytest

from libs.common.events import AuditNoted, Envelope, Note, TenantSaved, fact_of
from libs.common.mongo import Forwarder, Lease, Mongo, TenantScope, Units, Work
from libs.common.mongo.trail import MOST_CHARACTERS, NoteTooLarge
from tests.support.http import tenant_id
from tests.support.units import MemoryMongo, Sent


class Crash(Exception):
    """The process ends here."""


class Topic:
    """What was published. `failures` is how often a batch arrives and the process ends then."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.failures = 0

    async def publish(self, envelopes: Sequence[Envelope]) -> None:
        self.envelopes += envelopes
        if self.failures:
            self.failures -= 1
            raise Crash

    def numbers(self) -> dict[str, list[int]]:
        """The numbers of each tenant, in order; one that comes again is passed over, as sealed."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for envelope in self.envelopes:
            fact = fact_of(envelope, AuditNoted)
            if fact.source_seq > max(found[fact.tenant], default=0):
                found[fact.tenant].append(fact.source_seq)
        return dict(found)


def tenant() -> TenantSaved:
    told = {"name": "A", "profile": "p", "region": "US", "language": "en"}
    return TenantSaved(tenant=tenant_id(), version=1, **told)


class Contract:
    @pytest.fixture
    def topic(self) -> Topic:
        return Topic()

    @pytest.fixture
    def units(self, mongo: Mongo) -> Units[TenantScope]:
        return Units("test", mongo, lambda scope: scope, Sent(()))

    async def note(self, units: Units[TenantScope], who: TenantSaved, *actions: str) -> None:
        async def body(_: TenantScope, work: Work) -> None:
            for action in actions:
                work.note(Note(action=action, actor="service:test"))

        await units.write(who, body)

    async def test_notes_are_numbered_per_tenant_and_sent_in_order(
        self, mongo: Mongo, units: Units[TenantScope], topic: Topic
    ) -> None:
        one, other = tenant(), tenant()
        for n in range(150):
            await self.note(units, one, f"a.{n}", f"b.{n}")
            await self.note(units, other, f"c.{n}")
        await Forwarder("test", mongo, topic.publish).drained()
        facts = [fact_of(envelope, AuditNoted) for envelope in topic.envelopes]
        assert topic.numbers() == {
            one.tenant: list(range(1, 301)),
            other.tenant: list(range(1, 151)),
        }
        told = [fact.note.action for fact in facts if fact.tenant == one.tenant]
        assert told == [f"{letter}.{n}" for n in range(150) for letter in "ab"]
        assert {fact.source for fact in facts} == {"test"}
        assert len({envelope.id for envelope in topic.envelopes}) == 450
        assert [fact.note_id for fact in facts] == [envelope.id for envelope in topic.envelopes]
        assert await mongo.service_collection("trail").count({}) == 0

    async def test_a_crash_after_publishing_repeats_the_same_numbers(
        self, mongo: Mongo, units: Units[TenantScope], topic: Topic
    ) -> None:
        who = tenant()
        await self.note(units, who, "a.one", "a.two")
        topic.failures = 1
        dead = Forwarder("test", mongo, topic.publish)
        with pytest.raises(Crash):
            await dead.drained()
        await self.note(units, who, "a.three")
        await dead.release()
        await Forwarder("test", mongo, topic.publish).drained()
        facts = [fact_of(envelope, AuditNoted) for envelope in topic.envelopes]
        assert [fact.source_seq for fact in facts] == [1, 2, 1, 2, 3]
        assert [fact.note.action[2:] for fact in facts] == ["one", "two", "one", "two", "three"]
        assert len({envelope.id for envelope in topic.envelopes}) == 3
        assert topic.envelopes[0] == topic.envelopes[2]

    async def test_two_at_once_give_no_number_twice(
        self, mongo: Mongo, units: Units[TenantScope], topic: Topic, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As if the lease held nobody back."""

        async def held(_: Lease) -> bool:
            return True

        monkeypatch.setattr(Lease, "hold", held)
        who = tenant()
        forwarders = [Forwarder("test", mongo, topic.publish) for _ in range(3)]
        for n in range(20):
            writes = [self.note(units, who, f"a.{n}", "a.b") for _ in range(3)]
            await asyncio.gather(*writes, *(one.drained() for one in forwarders))
        await forwarders[0].drained()
        assert topic.numbers() == {who.tenant: list(range(1, 121))}
        ids: defaultdict[int, set[str]] = defaultdict(set)
        for envelope in topic.envelopes:
            ids[fact_of(envelope, AuditNoted).source_seq].add(envelope.id)
        assert {len(each) for each in ids.values()} == {1}

    async def test_a_write_that_fails_notes_nothing_and_wakes_nobody(
        self, mongo: Mongo, topic: Topic
    ) -> None:
        woken: list[int] = []
        units: Units[TenantScope] = Units(
            "test", mongo, lambda scope: scope, Sent(()), lambda: woken.append(1)
        )

        async def failing(_: TenantScope, work: Work) -> None:
            work.note(Note(action="a.b", actor="person"))
            raise KeyError

        with pytest.raises(KeyError):
            await units.write(tenant(), failing)
        await Forwarder("test", mongo, topic.publish).drained()
        assert (topic.envelopes, woken) == ([], [])
        await self.note(units, tenant(), "a.b")
        assert woken == [1]

    async def test_a_note_too_large_for_any_topic_is_refused(
        self, mongo: Mongo, units: Units[TenantScope]
    ) -> None:
        with pytest.raises(NoteTooLarge, match="at most"):
            await self.note(units, tenant(), "a" * MOST_CHARACTERS)
        assert await mongo.service_collection("trail").count({}) == 0

    async def test_what_is_noted_wakes_the_forwarder(
        self, mongo: Mongo, topic: Topic, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("libs.common.mongo.forwarder.POLL_SECONDS", 3600.0)
        forwarder = Forwarder("test", mongo, topic.publish)
        units: Units[TenantScope] = Units(
            "test", mongo, lambda scope: scope, Sent(()), forwarder.wake
        )
        running = asyncio.ensure_future(forwarder.run())
        try:
            for count in (1, 2, 3):
                await self.note(units, tenant(), "a.b")
                async with asyncio.timeout(20):
                    while len(topic.envelopes) < count:
                        await asyncio.sleep(0.01)
        finally:
            running.cancel()


class TestInMemory(Contract):
    @pytest.fixture
    def mongo(self) -> Mongo:
        return MemoryMongo()


@pytest.mark.integration
@pytest.mark.timeout(600)
class TestOnTheServer(Contract):
    @pytest.fixture
    async def mongo(self, mongo_url: str) -> AsyncIterator[Mongo]:
        mongo = Mongo(mongo_url, f"trail{tenant_id()}", ())
        await mongo.start()
        yield mongo
        mongo.close()
