"""Reading a topic without a group: every process sees every record."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer

from libs.common import clock
from libs.common.bus.record import Record
from libs.common.cluster import options

log = structlog.get_logger()


class Follower:
    """Gives each record of the topics to `see`: all of them, or those since `back` ago."""

    def __init__(
        self,
        url: str,
        client: str,
        topics: Sequence[str],
        see: Callable[[Record], Awaitable[None]],
        *,
        back: timedelta | None = None,
    ) -> None:
        self._url = url
        self._client = client
        self._topics = topics
        self._see = see
        self._back = back
        self._targets: dict[Any, int] = {}
        self.caught_up = asyncio.Event()

    async def run(self) -> None:
        """Follows until cancelled, through any outage of the broker."""
        while True:
            try:
                await self._follow()
            except Exception as error:  # noqa: BLE001 - nobody else would read on
                log.warning("follower.waits", topics=self._topics, error=type(error).__name__)
            await asyncio.sleep(1.0)

    async def _follow(self) -> None:
        consumer = AIOKafkaConsumer(
            *self._topics,
            **options(self._url),
            client_id=self._client,
            auto_offset_reset="earliest" if self._back is None else "latest",
            enable_auto_commit=False,
        )
        try:
            await consumer.start()
            await self._aim(consumer)
            while True:
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    for r in records:
                        headers = tuple(r.headers)
                        await self._show(
                            Record(r.topic, r.partition, r.offset, r.key, r.value, headers)
                        )
                await self._check(consumer)
        finally:
            await consumer.stop()

    async def _show(self, record: Record) -> None:
        """One record that cannot be taken in must not keep the process from all others."""
        try:
            await self._see(record)
        except Exception as error:  # noqa: BLE001 - it would fail the same way again
            log.error("follower.passed", place=record.place, error=type(error).__name__)

    async def _aim(self, consumer: Any) -> None:
        """Notes where the topics end now; having read that far is being caught up."""
        partitions = list(consumer.assignment())
        self._targets = dict(await consumer.end_offsets(partitions))
        if self._back is not None:
            since = int((clock.now() - self._back).timestamp() * 1000)
            starts = await consumer.offsets_for_times(dict.fromkeys(partitions, since))
            for partition, start in starts.items():
                consumer.seek(partition, start.offset if start else self._targets[partition])

    async def _check(self, consumer: Any) -> None:
        if self.caught_up.is_set():
            return
        for partition, end in self._targets.items():
            if await consumer.position(partition) < end:
                return
        self.caught_up.set()
