"""The common ground on real parts: a small service of notes, from record to outbox."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer

from libs.common.bus import Consumer, Dispatch, Parking, Producer, Record, guarded, topics
from libs.common.events import (
    CallMatched,
    CallStarted,
    Envelope,
    TenantSaved,
    derived_id,
    enclose,
)
from libs.common.keys import Keys, create_platform_keys
from libs.common.mongo import Entity, Index, Mongo, Outbox, TenantScope, Units, Work
from libs.common.tenants import Tenants

pytestmark = pytest.mark.integration

NOTES = Entity(
    "notes",
    {"session": ("string",), "times": ("int",)},
    ("session",),
    (Index((("session", 1),), unique=True),),
)
AT = datetime(2026, 5, 19, tzinfo=UTC)


class Notes:
    def __init__(self, scope: TenantScope) -> None:
        self.rows = scope.collection("notes")

    async def write(self, session: str) -> None:
        await self.rows.change(
            {"_id": session}, {"$set": {"session": session}, "$inc": {"times": 1}}, upsert=True
        )


async def note(call: CallStarted, store: Notes, work: Work) -> None:
    if call.party_kind == "broken":
        raise ValueError(call.party)
    await store.write(call.session_id)
    work.emit(CallMatched(session_id=call.session_id, outcome="unknown"))


class House:
    """Producer, store, outbox and consumer of one service, as `Running` joins them."""

    def __init__(self, kafka: str, mongo: str, keys: Keys) -> None:
        self.name = f"notes{uuid4().hex[:8]}"
        self.kafka = kafka
        self.mongo = Mongo(mongo, self.name, (NOTES,))
        self.calls, self.matches = f"{self.name}.calls.v1", f"{self.name}.matches.v1"
        places = {"call.started": self.calls, "call.matched": self.matches}
        self.producer = Producer(kafka, self.name, places)
        self.outbox = Outbox(self.mongo, self.producer.publish, places)
        self.units: Units[Notes] = Units(self.name, self.mongo, Notes, self.outbox)
        self.tenants = Tenants()
        self.parking = Parking(self.name, self.mongo, self.producer, keys)
        self.dispatch = Dispatch(((CallStarted, note),), self.units, self.tenants)

    async def take(self, record: Record) -> None:
        await guarded(record, self.dispatch.take, self.parking.park)

    @asynccontextmanager
    async def consuming(self) -> AsyncIterator[Consumer]:
        consumer = Consumer(self.kafka, self.name, (self.calls,), self.take)
        await consumer.start()
        try:
            yield consumer
        finally:
            await consumer.stop()

    async def open(self, tenant: str) -> None:
        saved = TenantSaved(
            tenant=tenant, version=1, name="A", profile="intnet-iq", region="US", language="en"
        )
        await self.mongo.open_tenant(tenant)
        self.tenants.put(saved)

    async def ring(self, tenant: str, session: str, event: str, kind: str = "number") -> None:
        call = CallStarted(
            session_id=session,
            leg_id="l",
            occurred_at=AT,
            direction="incoming",
            started_at=AT,
            party="+12025550133",
            party_kind=kind,
        )
        await self.producer.publish_one(enclose(call, tenant, id=event, source="test", time=AT))

    def notes(self, tenant: str) -> Any:
        return self.mongo.scope(tenant).collection("notes")


@pytest.fixture
async def house(kafka_url: str, mongo_url: str, tmp_path: Path) -> AsyncIterator[House]:
    create_platform_keys(tmp_path / "keys.json")
    house = House(kafka_url, mongo_url, Keys(tmp_path / "keys.json"))
    own = (house.calls, house.matches, f"{house.name}.dead.v1")
    await topics.apply(kafka_url, topics=[topics.Topic(name, partitions=2) for name in own])
    await house.mongo.start()
    relay = asyncio.ensure_future(house.outbox.relay())
    yield house
    relay.cancel()
    await house.producer.stop()
    house.mongo.close()


def tenant_id() -> str:
    return f"t{uuid4().hex[:12]}"


async def until(condition: Callable[[], Any], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.05)


async def published(kafka: str, topic: str, tenant: str) -> list[Envelope]:
    """Every event of this tenant on the topic, from its beginning."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=kafka, auto_offset_reset="earliest")
    await consumer.start()
    found: list[Envelope] = []
    try:
        ends = await consumer.end_offsets(list(consumer.assignment()))
        while any([await consumer.position(p) < end for p, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                mine = [r for r in records if r.key and r.key.startswith(tenant.encode())]
                found += [Envelope.from_json(r.value) for r in mine]
    finally:
        await consumer.stop()
    return found


async def test_an_event_has_one_effect_and_one_consequence_however_often_it_comes(
    house: House,
) -> None:
    tenant = tenant_id()
    await house.open(tenant)
    for _ in range(5):
        await house.ring(tenant, "s-1", "e-1")
    async with house.consuming():
        await house.ring(tenant, "s-2", "e-2")
        await until(lambda: house.notes(tenant).get({"_id": "s-2"}))
    assert [row["times"] for row in await house.notes(tenant).list({})] == [1, 1]
    await house.outbox.drained()
    events = await published(house.kafka, house.matches, tenant)
    assert sorted(e.id for e in events) == sorted(
        derived_id(f"{house.name}/{cause}", "call.matched") for cause in ("e-1", "e-2")
    )
    assert await house.mongo.service_collection("outbox").count({}) == 0


async def test_the_same_event_id_of_two_tenants_has_two_effects(house: House) -> None:
    one, two = tenant_id(), tenant_id()
    for tenant in (one, two):
        await house.open(tenant)
        await house.ring(tenant, "s-1", "same-id")
    async with house.consuming():
        for tenant in (one, two):
            await until(partial(house.notes(tenant).get, {"_id": "s-1"}))


async def test_what_is_no_event_is_parked_and_the_lane_goes_on(house: House) -> None:
    tenant = tenant_id()
    await house.open(tenant)
    key = f"{tenant}:s-1".encode()
    junk: tuple[tuple[bytes | None, bytes | None], ...] = ((key, b"{not json"), (None, b""))
    for one, value in junk:
        await house.producer.send(house.calls, one, value, (("x", b"\xff"), ("y", None)))
    other = enclose(
        CallMatched(session_id="s", outcome="unknown"), tenant, id="e", source="t", time=AT
    )
    await house.producer.send(house.calls, b"anotherone:s", other.to_json())
    await house.ring(tenant, "s-1", "e-1", kind="broken")
    await house.ring(tenant, "s-1", "e-2")
    async with house.consuming():
        await until(lambda: house.notes(tenant).get({"_id": "s-1"}))
        parked = house.mongo.service_collection("parked")

        async def four() -> bool:
            return await parked.count({}) == 4

        await until(four)
    reasons = sorted(row["reason"] for row in await parked.list({}))
    assert [r.split(":")[0] for r in reasons] == [
        "ValueError",
        "no CloudEvent",
        "no CloudEvent",
        "tenant",
    ]
    assert not any("2025550133" in str(row) for row in await parked.list({}))


async def test_a_write_that_fails_leaves_neither_change_nor_event(house: House) -> None:
    tenant = tenant_id()
    await house.open(tenant)

    async def body(store: Notes, work: Work) -> None:
        await store.write("s-9")
        work.emit(CallMatched(session_id="s-9", outcome="unknown"))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await house.units.write(house.tenants.get(tenant), body)
    assert await house.notes(tenant).count({}) == 0
    assert await house.mongo.service_collection("outbox").count({}) == 0


async def test_rows_of_a_process_that_died_are_published_by_the_poll(house: House) -> None:
    tenant = tenant_id()
    event = enclose(
        CallMatched(session_id="s-1", outcome="unknown"), tenant, id="left", source="t", time=AT
    )

    async def body(session: Any) -> None:
        await house.outbox.add([event], session)

    await house.mongo.transaction(body)

    async def gone() -> bool:
        return await house.mongo.service_collection("outbox").count({}) == 0

    await until(gone)
    assert [e.id for e in await published(house.kafka, house.matches, tenant)] == ["left"]


async def test_the_validator_refuses_an_undeclared_field(house: House) -> None:
    tenant = tenant_id()
    await house.open(tenant)
    with pytest.raises(Exception, match="Document failed validation"):
        await house.notes(tenant).insert({"_id": "x", "session": "x", "phone": "+12025550133"})


async def test_opening_a_tenant_again_and_closing_it(house: House) -> None:
    tenant = tenant_id()
    await house.open(tenant)
    await house.notes(tenant).insert({"_id": "x", "session": "x"})
    await house.mongo.open_tenant(tenant)
    assert await house.notes(tenant).count({}) == 1
    await house.mongo.close_tenant(tenant)
    assert await house.notes(tenant).count({}) == 0


async def test_missing_topics_are_named(kafka_url: str) -> None:
    await topics.apply(kafka_url)
    assert await topics.apply(kafka_url) == []
    with pytest.raises(topics.MissingTopics, match=r"nowhere\.v1"):
        await topics.check(kafka_url, ["calls.v1", "nowhere.v1"])


async def test_topics_that_the_cluster_refuses_are_named(kafka_url: str) -> None:
    name = f"refused{uuid4().hex[:6]}.v1"
    with pytest.raises(topics.NotCreated, match=rf"{name}: InvalidReplicationFactor"):
        await topics.apply(kafka_url, replicas=3, topics=[topics.Topic(name)])
