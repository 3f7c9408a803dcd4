"""How far a consumer group has come, and where its topics end: asked of the broker, not guessed.

Who asks joins no group, and reads no record.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError
from prometheus_client import Gauge

from libs.common.cluster import options

MEASURE_SECONDS = 15.0
COORDINATOR_SECONDS = 0.5

_BY = ["group", "topic", "partition"]
LAG = Gauge("consumer_lag", "Records that the group has not committed.", _BY)
COMMITTED = Gauge("consumer_committed", "Offset that the group has committed.", _BY)

Places = Mapping[tuple[str, int], "Place"]

log = structlog.get_logger()


@dataclass(frozen=True)
class Place:
    """One partition: the next record that the group will take, and the one after the last."""

    committed: int
    end: int

    @property
    def lag(self) -> int:
        """Records that are not committed."""
        return max(self.end - self.committed, 0)


class Groups:
    """Asks a cluster; made by `asking`."""

    def __init__(self, admin: Any, consumer: Any) -> None:
        self._admin = admin
        self._consumer = consumer

    async def places(self, group: str, topics: Collection[str] | None = None) -> Places:
        """Every partition of these topics; without topics, each that the group has committed.

        Of a partition where nothing is committed all that is kept is to be taken.
        """
        committed = await self._committed(group)
        wanted = set(committed) if topics is None else await self._partitions(topics)
        if not wanted:
            return {}
        firsts, ends = await self._bounds(wanted)
        return {
            (at.topic, at.partition): Place(max(committed.get(at, 0), firsts[at]), ends[at])
            for at in sorted(wanted)
        }

    async def from_the_beginning(self, group: str) -> Places:
        """Each partition that the group has committed, as if it were to take all that is kept."""
        wanted = await self._committed(group)
        firsts, ends = await self._bounds(wanted) if wanted else ({}, {})
        return {(at.topic, at.partition): Place(firsts[at], ends[at]) for at in sorted(wanted)}

    async def _committed(self, group: str) -> dict[TopicPartition, int]:
        while True:
            try:
                found = await self._admin.list_consumer_group_offsets(group)
            except GroupCoordinatorNotAvailableError:  # a cluster's first question makes it
                await asyncio.sleep(COORDINATOR_SECONDS)
            else:
                return {place: told.offset for place, told in found.items() if told.offset >= 0}

    async def _partitions(self, topics: Collection[str]) -> set[TopicPartition]:
        told = await self._admin.describe_topics(sorted(topics))
        return {TopicPartition(t["topic"], p["partition"]) for t in told for p in t["partitions"]}

    async def _bounds(self, wanted: Collection[TopicPartition]) -> tuple[Any, Any]:
        places = list(wanted)
        if self._consumer.assignment() != set(places):  # it logs each time, and asks anew
            self._consumer.assign(places)
            self._consumer.pause(*places)  # before it can read any of them
        return (
            await self._consumer.beginning_offsets(places),
            await self._consumer.end_offsets(places),
        )


@asynccontextmanager
async def asking(url: str, client: str) -> AsyncIterator[Groups]:
    """A connection to ask by, for a while. Raises what aiokafka raises."""
    admin = AIOKafkaAdminClient(**options(url), client_id=client)
    consumer = AIOKafkaConsumer(**options(url), client_id=client, enable_auto_commit=False)
    try:
        await admin.start()
        await consumer.start()
        yield Groups(admin, consumer)
    finally:
        await consumer.stop()
        await admin.close()


async def watch(url: str, group: str, topics: Collection[str]) -> None:
    """Measures the group's lag again and again, until cancelled."""
    while True:
        try:
            async with asking(url, f"{group}-lag") as groups:
                while True:
                    _tell(group, await groups.places(group, topics))
                    await asyncio.sleep(MEASURE_SECONDS)
        except Exception as error:  # noqa: BLE001 - the next time tells
            log.warning("lag.not_measured", error=type(error).__name__)
        await asyncio.sleep(MEASURE_SECONDS)


def _tell(group: str, places: Places) -> None:
    for (topic, partition), place in places.items():
        LAG.labels(group, topic, partition).set(place.lag)
        COMMITTED.labels(group, topic, partition).set(place.committed)
