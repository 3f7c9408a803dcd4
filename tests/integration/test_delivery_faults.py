"""Delivery on real parts while things go wrong: nothing lost, nothing doubled, order kept."""

import asyncio
import gc
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from pymongo import AsyncMongoClient

from deploy.local.process import free_port
from libs.common.bus import (
    Consumer,
    Dispatch,
    Follower,
    Parking,
    Producer,
    Record,
    Unavailable,
    consumer,
    guarded,
    topics,
)
from libs.common.events import CallMatched, CallStarted, TenantSaved, enclose
from libs.common.keys import Keys, create_platform_keys
from libs.common.mongo import (
    Entity,
    Mongo,
    Outbox,
    TenantScope,
    Units,
    Work,
    is_outage,
    transaction,
)
from libs.common.mongo.outbox import TooLarge
from libs.common.tenants import Tenants

pytestmark = pytest.mark.integration

AT = datetime(2026, 5, 19, tzinfo=UTC)
TENANT = "agencyaaa"
PARTITIONS = 4
NOTES = Entity("notes", {"events": ("array",)})


class Notes:
    def __init__(self, scope: TenantScope) -> None:
        self.rows = scope.collection("notes")

    async def add(self, session: str, event: str) -> None:
        await self.rows.change({"_id": session}, {"$push": {"events": event}}, upsert=True)


async def note(call: CallStarted, store: Notes, work: Work) -> None:
    await store.add(call.session_id, call.leg_id)
    work.emit(CallMatched(session_id=call.session_id, outcome="unknown"))


class Office:
    """A service that notes the events of each call in the order in which it handles them."""

    def __init__(self, kafka: str, mongo: str, keys: Keys) -> None:
        self.name, self.kafka = f"office{uuid4().hex[:8]}", kafka
        self.calls, matches = f"{self.name}.calls.v1", f"{self.name}.matches.v1"
        self.topics = (self.calls, matches, f"{self.name}.dead.v1")
        places = {"call.started": self.calls, "call.matched": matches}
        self.mongo = Mongo(mongo, self.name, (NOTES,))
        self.producer = Producer(kafka, self.name, places)
        self.outbox = Outbox(self.mongo, self.producer.publish, places)
        self.units: Units[Notes] = Units(self.name, self.mongo, Notes, self.outbox)
        self.parking = Parking(self.name, self.mongo, self.producer, keys)
        self.tenant = TenantSaved(
            tenant=TENANT, version=1, name="A", profile="p", region="US", language="en"
        )
        tenants = Tenants()
        tenants.put(self.tenant)
        self.dispatch = Dispatch(((CallStarted, note),), self.units, tenants)
        self.taken: Counter[str] = Counter()
        self.slow = 0.0

    async def take(self, record: Record) -> None:
        async def slowly(record: Record) -> None:
            await asyncio.sleep(self.slow)
            await self.dispatch.take(record)

        await guarded(record, slowly, self.parking.park)
        self.taken[record.place] += 1

    @asynccontextmanager
    async def consuming(self) -> AsyncIterator[Consumer]:
        consumer = Consumer(self.kafka, self.name, (self.calls,), self.take)
        await consumer.start()
        try:
            yield consumer
        finally:
            await consumer.stop()

    async def ring(self, sessions: int, events: int) -> None:
        """So many events of so many calls, in turn."""
        for event in range(events):
            calls = (self.call(f"s-{session}", f"{event:03d}") for session in range(sessions))
            await self.producer.publish(
                [
                    enclose(c, TENANT, id=f"{c.session_id}/{c.leg_id}", source="t", time=AT)
                    for c in calls
                ]
            )

    def call(self, session: str, leg: str) -> CallStarted:
        return CallStarted(
            session_id=session,
            leg_id=leg,
            occurred_at=AT,
            direction="incoming",
            started_at=AT,
            party="+12025550133",
            party_kind="number",
        )

    async def notes(self) -> dict[str, list[str]]:
        rows = await self.mongo.scope(TENANT).collection("notes").list({})
        return {row["_id"]: row["events"] for row in rows}

    async def noted(self, count: int) -> bool:
        return sum(map(len, (await self.notes()).values())) >= count

    async def committed(self) -> int:
        consumer = AIOKafkaConsumer(bootstrap_servers=self.kafka, group_id=self.name)
        await consumer.start()
        try:
            places = [TopicPartition(self.calls, number) for number in range(PARTITIONS)]
            return sum([await consumer.committed(place) or 0 for place in places])
        finally:
            await consumer.stop()

    def service_rows(self, name: str) -> Any:
        return self.mongo.service_collection(name)


@pytest.fixture
async def office(kafka_url: str, mongo_url: str, tmp_path: Path) -> AsyncIterator[Office]:
    create_platform_keys(tmp_path / "keys.json")
    office = Office(kafka_url, mongo_url, Keys(tmp_path / "keys.json"))
    wanted = [topics.Topic(name, partitions=PARTITIONS) for name in office.topics]
    await topics.apply(kafka_url, topics=wanted)
    await office.mongo.start()
    await office.mongo.open_tenant(TENANT)
    relay = asyncio.ensure_future(office.outbox.relay())
    yield office
    relay.cancel()
    await office.producer.stop()
    office.mongo.close()


@asynccontextmanager
async def fault(url: str, service: str, mode: Any, **data: Any) -> AsyncIterator[None]:
    """Makes mongod fail this service's commands: `mode` is {"times": n} or "alwaysOn"."""
    async with AsyncMongoClient[dict[str, Any]](url) as client:
        data = {"appName": service, **data}
        await client.admin.command("configureFailPoint", "failCommand", mode=mode, data=data)
        try:
            yield
        finally:
            await client.admin.command("configureFailPoint", "failCommand", mode="off")


async def until(condition: Callable[[], Any], seconds: float = 30.0) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.05)


def in_order(sessions: int, events: int) -> dict[str, list[str]]:
    return {f"s-{s}": [f"{e:03d}" for e in range(events)] for s in range(sessions)}


async def test_consumers_that_come_and_go_lose_and_double_nothing(office: Office) -> None:
    office.slow = 0.1
    await office.ring(30, 8)
    async with office.consuming():
        await until(lambda: office.noted(20))
        async with office.consuming():
            await until(lambda: office.noted(80))
        await until(lambda: office.noted(130))
        async with office.consuming():
            await until(lambda: office.noted(240))
    assert await office.notes() == in_order(30, 8)
    assert set(office.taken.values()) == {1}


async def test_a_stop_in_the_middle_commits_what_is_done_and_no_more(office: Office) -> None:
    office.slow = 0.05
    await office.ring(10, 20)
    async with office.consuming():
        await until(lambda: office.noted(30))
    first = sum(office.taken.values())
    committed = await office.committed()
    assert 0 < committed <= first < 200
    async with office.consuming():
        await until(lambda: office.noted(200))
    assert await office.notes() == in_order(10, 20)
    assert sum(office.taken.values()) == first + 200 - committed


async def test_an_answer_to_a_commit_that_is_lost_repeats_nothing(
    office: Office, mongo_url: str
) -> None:
    done_and_lost: dict[str, Any] = {
        "failCommands": ["commitTransaction"],
        "writeConcernError": {"code": 64, "errmsg": "waiting for replication timed out"},
    }
    cut_off: dict[str, Any] = {"failCommands": ["commitTransaction"], "closeConnection": True}
    for number, how in enumerate((done_and_lost, cut_off)):
        await office.ring(5, number + 1)
        async with fault(mongo_url, office.name, {"times": 8}, **how), office.consuming():
            await until(partial(office.noted, 5 * (number + 1)))
    assert await office.notes() == in_order(5, 2)
    assert await office.service_rows("parked").count({}) == 0


async def test_a_transaction_that_never_gets_through_ends_as_an_outage(
    office: Office, mongo_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transaction, "TRANSACTION_SECONDS", 0.5)
    conflict = {"errorCode": 112, "errorLabels": ["TransientTransactionError"]}
    bodies = 0

    async def body(store: Notes, _: Work) -> None:
        nonlocal bodies
        bodies += 1
        await store.add("s-0", "000")

    failing = fault(mongo_url, office.name, "alwaysOn", failCommands=["update"], **conflict)
    async with failing:
        with pytest.raises(Exception, match="failCommand") as raised:
            await office.units.write(office.tenant, body)
    assert is_outage(raised.value)
    assert 1 < bodies < 50
    await office.units.write(office.tenant, body)
    assert await office.notes() == {"s-0": ["000"]}


async def test_poison_too_large_for_a_letter_is_parked_and_the_lane_goes_on(
    office: Office,
) -> None:
    await office.producer.send(office.calls, f"{TENANT}:s-0".encode(), b"x" * 1_000_000)
    await office.ring(1, 1)
    async with office.consuming():
        await until(lambda: office.noted(1))
    assert await office.notes() == in_order(1, 1)
    assert await office.committed() == 2
    (row,) = await office.service_rows("parked").list({})
    assert len(row["sealed"]) > 1_000_000


async def test_an_event_too_large_to_publish_is_refused_where_it_is_written(
    office: Office,
) -> None:
    async def body(store: Notes, work: Work) -> None:
        await store.add("s-0", "000")
        work.emit(CallMatched(session_id="s" * 1_000_000, outcome="unknown"))

    with pytest.raises(TooLarge):
        await office.units.write(office.tenant, body)
    assert await office.notes() == {}
    await office.ring(1, 1)
    async with office.consuming():
        await until(lambda: office.noted(1))
    await office.outbox.drained()


async def test_lanes_that_outlive_the_handover_repeat_no_effect_and_keep_the_order(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "HANDOVER_SECONDS", 0.1)
    office.slow = 0.5
    await office.ring(16, 4)
    async with office.consuming():
        await until(lambda: office.noted(16))
        async with office.consuming():
            await until(lambda: office.noted(64))
    assert await office.notes() == in_order(16, 4)
    assert await office.service_rows("parked").count({}) == 0


async def test_a_consumer_that_finds_no_broker_says_so_and_leaves_nothing_behind() -> None:
    async def take(_: Record) -> None:
        raise AssertionError

    nobody = Consumer(f"127.0.0.1:{free_port()}", "nobody", ["calls.v1"], take)
    with pytest.raises(Unavailable):
        await nobody.start()
    assert nobody.stuck() == []
    assert nobody.waiting() == ["the consumer has no partitions yet"]
    del nobody
    gc.collect()


async def test_a_producer_that_was_stopped_connects_no_more(office: Office) -> None:
    await office.ring(1, 1)
    await office.producer.stop()
    with pytest.raises(Unavailable):
        await office.ring(1, 1)


async def test_a_follower_of_the_last_minutes_starts_on_empty_and_on_old_partitions(
    office: Office,
) -> None:
    seen: list[bytes | None] = []

    async def see(record: Record) -> None:
        seen.append(record.value)

    async def shown(count: int) -> bool:
        return len(seen) >= count

    follower = Follower(office.kafka, "f", (office.calls,), see, back=timedelta(minutes=5))
    following = asyncio.ensure_future(follower.run())
    async with asyncio.timeout(20):
        await follower.caught_up.wait()
    await office.producer.send(office.calls, b"a", b"first")
    await until(lambda: shown(1))
    following.cancel()
    later = Follower(office.kafka, "f", (office.calls,), see, back=timedelta(0))
    following = asyncio.ensure_future(later.run())
    async with asyncio.timeout(20):
        await later.caught_up.wait()
    await office.producer.send(office.calls, b"a", b"second")
    await until(lambda: shown(2))
    following.cancel()
    assert seen == [b"first", b"second"]
