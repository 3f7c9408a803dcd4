"""Consumer groups seen from the broker: how far behind they are; and set back to the beginning.

The only file of the drills that speaks to Kafka past `libs.common.bus`.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

TOPICS: dict[str, tuple[str, ...]] = {
    "ingest": ("ingest.dead.v1", "privacy.v1"),
    "matcher": ("calls.v1", "messages.v1", "consent.v1", "privacy.v1"),
    "insights": ("calls.v1", "matches.v1", "customers.v1", "consent.v1", "privacy.v1"),
    "messaging": ("messages.v1", "matches.v1", "customers.v1", "consent.v1", "privacy.v1"),
    "consent": ("messages.v1", "sms.v1", "privacy-results.v1", "audit-entries.v1"),
    "gateway": (
        *("calls.v1", "matches.v1", "insights.v1", "sms.v1", "consent.v1", "customers.v1"),
        "privacy.v1",
    ),
}


async def lag(url: str) -> dict[str, int]:
    """Records that each group has not committed."""
    found: dict[str, int] = {}
    for group, topics in TOPICS.items():
        async with _member(url, group) as consumer:
            places = _places(consumer, topics)
            ends = await consumer.end_offsets(places)
            done = [await consumer.committed(place) or 0 for place in places]
            found[group] = sum(ends[place] - at for place, at in zip(places, done, strict=True))
    return found


async def committed(url: str, group: str) -> int:
    """The sum of the group's offsets."""
    async with _member(url, group) as consumer:
        places = _places(consumer, TOPICS[group])
        return sum([await consumer.committed(place) or 0 for place in places])


async def rewind(url: str, group: str) -> int:
    """Sets a group without members back to offset 0; returns the records it will see again."""
    async with _member(url, group) as consumer:
        places = _places(consumer, TOPICS[group])
        ahead = sum([await consumer.committed(place) or 0 for place in places])
        consumer.assign(places)
        await consumer.commit(dict.fromkeys(places, 0))
        return ahead


@asynccontextmanager
async def _member(url: str, group: str) -> AsyncIterator[Any]:
    """Asks in the group's name without joining it."""
    consumer = AIOKafkaConsumer(bootstrap_servers=url, group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        for topic in TOPICS[group]:
            await consumer._client.add_topic(topic)
        yield consumer
    finally:
        await consumer.stop()


def _places(consumer: Any, topics: Sequence[str]) -> list[TopicPartition]:
    return [
        TopicPartition(topic, number)
        for topic in topics
        for number in sorted(consumer.partitions_for_topic(topic) or ())
    ]
