"""Reading a tenant's trail from Kafka: no group, no commit, nothing is written."""

import asyncio
from types import TracebackType
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

    def __init__(self, bootstrap: str, entries: str, checkpoints: str, tenant: str) -> None:
        self._bootstrap = bootstrap
        self._entries = entries
        self._checkpoints = checkpoints
        self._key = tenant.encode()
        self._tenant = tenant
        self._partitions: dict[str, list[TopicPartition]] = {}
        self._consumer: Any = None

    async def __aenter__(self) -> Self:
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap,
            client_id="audit-verify",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        try:
            await self._consumer.start()
            await self._assign()
        except (KafkaError, OSError) as error:
            await self._consumer.stop()
            raise Unreadable(f"{self._bootstrap} does not answer: {error}") from None
        except BaseException:
            await self._consumer.stop()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self._consumer.stop()

    async def read(self) -> tuple[list[Sealed], list[Claim]]:
        """What lies up to the end as it is now. Raises Unreadable when the broker falls silent.

        The end of the checkpoints is asked for first: so each of them finds its entries, and a
        trail that grows meanwhile does not look cut off.
        """
        ends = await self._consumer.end_offsets(self._partitions[self._checkpoints])
        ends |= await self._consumer.end_offsets(self._partitions[self._entries])
        found = await self._up_to(ends)
        return self._sealed(found), self._claims(found)

    async def _up_to(self, ends: Ends) -> Found:
        found: Found = {partition: [] for partition in ends}
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(SILENT_SECONDS) as patience:
                while await self._behind(ends):
                    for partition, records in (
                        await self._consumer.getmany(timeout_ms=500)
                    ).items():
                        found[partition] += [r for r in records if r.offset < ends[partition]]
                        if records[-1].offset >= ends[partition]:
                            self._consumer.seek(partition, ends[partition])
                        patience.reschedule(loop.time() + SILENT_SECONDS)
        except TimeoutError:
            raise Unreadable(f"{self._bootstrap} gave nothing for {SILENT_SECONDS:.0f} s") from None
        return found

    async def _assign(self) -> None:
        there = await self._consumer.topics()
        for topic in (self._entries, self._checkpoints):
            if topic not in there:
                raise Unreadable(f"{self._bootstrap} has no topic {topic}")
            numbers = self._consumer.partitions_for_topic(topic)
            self._partitions[topic] = [TopicPartition(topic, number) for number in sorted(numbers)]
        self._consumer.assign([p for each in self._partitions.values() for p in each])
        await self._consumer.seek_to_beginning()

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
            for partition in self._partitions[self._entries]
        ]
        lots = sorted(filter(None, lots), key=lambda lot: lot[0].number or 0)
        return [sealed for lot in lots for sealed in lot]

    def _claims(self, found: Found) -> list[Claim]:
        return [
            read_claim(r.value or b"", _place(r))
            for partition in self._partitions[self._checkpoints]
            for r in found[partition]
            if r.key == self._key
        ]

    def _ours(self, record: Any, sealed: Sealed) -> bool:
        return record.key == self._key or (sealed.tenant is not None and sealed.is_of(self._tenant))


def _place(record: Any) -> str:
    return f"{record.topic}/{record.partition}/{record.offset}"
