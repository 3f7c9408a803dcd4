"""How far a group is behind, asked of a real broker by somebody who is no member."""

from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from prometheus_client import REGISTRY

from libs.common.bus import Producer, lag, topics
from libs.common.bus.lag import Place
from libs.common.bus.topics import Topic


async def committed(url: str, group: str, places: dict[TopicPartition, int]) -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers=url, group_id=group, enable_auto_commit=False)
    await consumer.start()
    consumer.assign(list(places))
    await consumer.commit(places)
    await consumer.stop()


@pytest.fixture
async def topic(kafka_url: str) -> str:
    """Two partitions, with three records in each."""
    name = f"lag-{uuid4().hex}.v1"
    await topics.apply(kafka_url, topics=[Topic(name, partitions=2)])
    producer = Producer(kafka_url, "tests", {})
    for key in (b"a", b"b", b"c", b"d", b"e", b"f"):
        await producer.send(name, key, b"{}", ())
    await producer.stop()
    return name


async def test_what_is_not_committed_is_lag_in_each_partition(kafka_url: str, topic: str) -> None:
    group = f"group-{uuid4().hex}"
    async with lag.asking(kafka_url, "tests") as groups:
        assert await groups.places(group) == {}
        fresh = await groups.places(group, [topic])
        assert sum(place.lag for place in fresh.values()) == 6
        ends = {TopicPartition(*at): place.end for at, place in fresh.items()}
        await committed(kafka_url, group, {TopicPartition(topic, 0): 1})
        told = await groups.places(group, [topic])
        first = ends[TopicPartition(topic, 0)]
        assert told[topic, 0] == Place(1, first)
        assert told[topic, 0].lag == first - 1
        assert told[topic, 1] == Place(0, 6 - first)
        assert await groups.places(group) == {(topic, 0): Place(1, first)}


async def test_places_are_assigned_once_and_nothing_of_them_is_read(
    kafka_url: str, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assigned: list[int] = []
    assign = AIOKafkaConsumer.assign

    def counted(self: AIOKafkaConsumer, places: list[TopicPartition]) -> None:
        assigned.append(len(places))
        assign(self, places)

    monkeypatch.setattr(AIOKafkaConsumer, "assign", counted)
    async with lag.asking(kafka_url, "tests") as groups:
        for _ in range(3):
            await groups.places("nobody", [topic])
        assert await groups._consumer.getmany(timeout_ms=500) == {}
    assert assigned == [2]


async def test_what_is_measured_is_exported_by_group_topic_and_partition(
    kafka_url: str, topic: str
) -> None:
    group = f"group-{uuid4().hex}"
    async with lag.asking(kafka_url, "tests") as groups:
        lag._tell(group, await groups.places(group, [topic]))
    told = [
        REGISTRY.get_sample_value(
            "consumer_lag", {"group": group, "topic": topic, "partition": number}
        )
        for number in ("0", "1")
    ]
    assert sum(value or 0 for value in told) == 6
    for number in ("0", "1"):
        where = {"group": group, "topic": topic, "partition": number}
        assert REGISTRY.get_sample_value("consumer_committed", where) == 0
