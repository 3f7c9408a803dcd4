"""Reading a tenant's trail from Kafka: no group, no commit, nothing is written."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from .checkpoint import Claim, read_claim
from .findings import Unreadable
from .records import Sealed, read_sealed

SILENT_SECONDS = 30.0

Ends = dict[TopicPartition, int]
Found = dict[TopicPartition, list[Any]]


class Topics:
    """Two topics, read from their beginning; each call of `read` goes on where the last ended."""

    def __init__(self, consumer: Any, entries: str, checkpoints: str, tenant: str) -> None:
        self._consumer = consumer
        self._entries = _partitions(consumer, entries)
        self._checkpoints = _partitions(consumer, checkpoints)
        self._key = tenant.encode()
        self._tenant = tenant

    @classmethod
    @asynccontextmanager
    async def open(
        cls, bootstrap: str, entries: str, checkpoints: str, tenant: str
    ) -> AsyncIterator[Self]:
        """Raises Unreadable where the broker does not answer or has no such topics."""
        async with _consumer(bootstrap) as asking:
            there = await asking.topics()
        for topic in (entries, checkpoints):
            if topic not in there:  # to consume it would make it, or wait for ever
                raise Unreadable(f"{bootstrap} has no topic {topic}")
        async with _consumer(bootstrap, entries, checkpoints) as consumer:
            yield cls(consumer, entries, checkpoints, tenant)

    async def read(self) -> tuple[list[Sealed], list[Claim]]:
        """What lies up to the end as it is now. Raises Unreadable when the broker falls silent.

        The end of the checkpoints is asked for first: so each of them finds its entries, and a
        trail that grows meanwhile does not look cut off.
        """
        ends = await self._consumer.end_offsets(self._checkpoints)
        ends |= await self._consumer.end_offsets(self._entries)
        found = await self._up_to(ends)
        return self._sealed(found), self._claims(found)

    async def _up_to(self, ends: Ends) -> Found:
        found: Found = {partition: [] for partition in ends}
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(SILENT_SECONDS) as patience:
                while await self._behind(ends):
                    batch = await self._consumer.getmany(timeout_ms=500)
                    for partition, records in batch.items():
                        found[partition] += [r for r in records if r.offset < ends[partition]]
                        if records[-1].offset >= ends[partition]:
                            self._consumer.seek(partition, ends[partition])
                    if batch:
                        patience.reschedule(loop.time() + SILENT_SECONDS)
        except TimeoutError:
            raise Unreadable(f"the broker gave nothing for {SILENT_SECONDS:.0f} s") from None
        return found

    async def _behind(self, ends: Ends) -> bool:
        for partition, end in ends.items():
            if await self._consumer.position(partition) < end:
                return True
        return False

    def _sealed(self, found: Found) -> list[Sealed]:
        """The tenant's entries. They lie in one partition, in several if some were added later."""
        lots = [
            [
                s
                for r in found[partition]
                if self._ours(r, s := read_sealed(r.value or b"", _place(r)))
            ]
            for partition in self._entries
        ]
        lots = sorted(filter(None, lots), key=lambda lot: lot[0].number or 0)
        return [sealed for lot in lots for sealed in lot]

    def _claims(self, found: Found) -> list[Claim]:
        return [
            read_claim(r.value or b"", _place(r))
            for partition in self._checkpoints
            for r in found[partition]
            if r.key == self._key
        ]

    def _ours(self, record: Any, sealed: Sealed) -> bool:
        return record.key == self._key or (sealed.tenant is not None and sealed.is_of(self._tenant))


@asynccontextmanager
async def _consumer(bootstrap: str, *topics: str) -> AsyncIterator[Any]:
    consumer = AIOKafkaConsumer(
        *topics,
        bootstrap_servers=bootstrap,
        client_id="audit-verify",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    try:
        await consumer.start()
        yield consumer
    except KafkaError as error:
        raise Unreadable(f"{bootstrap} does not answer: {type(error).__name__}") from None
    finally:
        await consumer.stop()


def _partitions(consumer: Any, topic: str) -> list[TopicPartition]:
    return sorted(partition for partition in consumer.assignment() if partition.topic == topic)


def _place(record: Any) -> str:
    return f"{record.topic}/{record.partition}/{record.offset}"
