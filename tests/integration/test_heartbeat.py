"""The heartbeat on a real broker: each partition of the topic carries one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer

from libs.common import clock
from libs.common.auditkeys import AuditKeys, create
from libs.common.bus import Producer, Unavailable, topics
from libs.common.events import ConsentHeartbeat, Envelope, enclose, fact_of
from libs.common.keys import Keys, create_platform_keys
from libs.common.mongo import Mongo, Outbox, Units
from libs.common.service import Running
from libs.common.tenants import Tenants
from services.consent import jobs
from services.consent.domain.audit.notary import Notary
from services.consent.store import ENTITIES, Store

pytestmark = pytest.mark.integration


@asynccontextmanager
async def beating(kafka: str, mongo: str, folder: Path) -> AsyncIterator[None]:
    """consent's job, with its outbox and its producer."""
    create_platform_keys(folder / "keys.json")
    name, places = f"beat{uuid4().hex[:8]}", {ConsentHeartbeat.TYPE: ConsentHeartbeat.TOPIC}
    store = Mongo(mongo, name, ENTITIES)
    await store.start()
    producer = Producer(kafka, name, places)
    outbox = Outbox(store, producer.publish, places)
    keys = Keys(folder / "keys.json")
    create(folder / "audit.json")
    notary = Notary("audit.example", AuditKeys(folder / "audit.json"))
    units = Units(name, store, lambda scope: Store(scope, keys, notary), outbox)
    stopping = asyncio.Event()
    running = SimpleNamespace(units=units, tenants=Tenants(), stopping=stopping, producer=producer)
    async with asyncio.TaskGroup() as tasks:
        relay = tasks.create_task(outbox.relay())
        job = asyncio.ensure_future(jobs.beat(0.2)(cast(Running[Any], running)))
        yield
        stopping.set()
        await job
        await outbox.drained()
        relay.cancel()
    await producer.stop()
    store.close()


async def heard(kafka: str, topic: str, partitions: int) -> dict[int, list[Envelope]]:
    """The topic from its beginning, by partition, until each has had two records."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=kafka, auto_offset_reset="earliest")
    await consumer.start()
    found: dict[int, list[Envelope]] = {number: [] for number in range(partitions)}
    try:
        async with asyncio.timeout(30):
            while min(map(len, found.values())) < 2:
                record = await consumer.getone()
                found[record.partition].append(Envelope.from_json(record.value))
    finally:
        await consumer.stop()
    return found


async def test_every_partition_of_the_topic_gets_a_beat(
    kafka_url: str, mongo_url: str, tmp_path: Path
) -> None:
    (ours,) = [topic for topic in topics.CATALOGUE if topic.name == ConsentHeartbeat.TOPIC]
    await topics.apply(kafka_url)
    async with beating(kafka_url, mongo_url, tmp_path):
        found = await heard(kafka_url, ours.name, ours.partitions)
    facts = {
        number: [fact_of(beat, ConsentHeartbeat) for beat in beats]
        for number, beats in found.items()
    }
    lanes = {number: {fact.lane for fact in beats} for number, beats in facts.items()}
    assert {len(own) for own in lanes.values()} == {1}
    assert len(set.union(*lanes.values())) == ours.partitions
    assert all(beats[0].at < beats[1].at for beats in facts.values())
    assert all(len({beat.key for beat in beats}) == 1 for beats in found.values())


async def test_the_cluster_says_how_many_partitions_there_are(kafka_url: str) -> None:
    """An operator may have given the topic another number than the catalogue."""
    topic = f"beats{uuid4().hex[:8]}.v1"
    await topics.apply(kafka_url, topics=[topics.Topic(topic, partitions=11)])
    producer = Producer(kafka_url, "beats", {ConsentHeartbeat.TYPE: topic})
    every = (ConsentHeartbeat(at=clock.now(), lane=lane) for lane in count())
    beats = await producer.spread(topic, "platform", every)
    for _ in range(2):
        await producer.publish(
            [
                enclose(beat, "platform", id=f"e-{beat.lane}", source="test", time=beat.at)
                for beat in beats
            ]
        )
    found = await heard(kafka_url, topic, 11)
    assert {len(beats) for beats in found.values()} == {2}
    await producer.stop()


async def test_without_a_broker_nobody_can_tell() -> None:
    producer = Producer("127.0.0.1:1", "beats", {})
    with pytest.raises(Unavailable):
        await producer.spread("consent.v1", "platform", [ConsentHeartbeat(at=clock.now())])
    await producer.stop()
