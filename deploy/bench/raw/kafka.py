"""Raw aiokafka: what a consumer can do at most, and a clock for what arrives."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from time import perf_counter, process_time, time_ns

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from libs.common.events import Envelope


async def produce(url: str, topic: str, records: Iterable[tuple[bytes, bytes]]) -> None:
    """Puts keys and values onto a topic, and returns once all are acknowledged."""
    producer = AIOKafkaProducer(bootstrap_servers=url, acks="all", linger_ms=5)
    await producer.start()
    try:
        sent = [await producer.send(topic, value, key) for key, value in records]
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


async def consume(url: str, topic: str, count: int) -> tuple[float, float]:
    """`getmany` and the envelope's own parser, from the first batch on.

    Returns events per second, and µs of CPU per event.
    """
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=url, auto_offset_reset="earliest", enable_auto_commit=False
    )
    await consumer.start()
    try:
        seen, began, spent = 0, 0.0, 0.0
        while seen < count:
            batches = await consumer.getmany(timeout_ms=500)
            if batches and not began:
                began, spent = perf_counter(), process_time()
            for records in batches.values():
                for record in records:
                    Envelope.model_validate_json(record.value)
                seen += len(records)
        return seen / (perf_counter() - began), (process_time() - spent) / seen * 1e6
    finally:
        await consumer.stop()


class _Data(msgspec.Struct):
    session_id: str
    version: int


class _Event(msgspec.Struct):
    data: _Data


class Arrivals:
    """When the second version of each session's card arrived, in ns since the epoch."""

    def __init__(self) -> None:
        self.at: dict[str, int] = {}
        self._news = asyncio.Event()

    async def all_of(self, sessions: set[str], seconds: float) -> set[str]:
        """The sessions that arrived within a time that starts anew with each arrival."""
        with suppress(TimeoutError):
            while not sessions <= self.at.keys():
                self._news.clear()
                async with asyncio.timeout(seconds):
                    await self._news.wait()
        return sessions & self.at.keys()

    async def read(self, consumer: AIOKafkaConsumer) -> None:
        """Reads until cancelled."""
        decode = msgspec.json.Decoder(_Event).decode
        while True:
            batches = await consumer.getmany(timeout_ms=500)
            now = time_ns()
            for records in batches.values():
                for record in records:
                    data = decode(record.value).data
                    if data.version > 1:
                        self.at.setdefault(data.session_id, now)
                        self._news.set()


@asynccontextmanager
async def watching(url: str, topic: str) -> AsyncIterator[Arrivals]:
    """Watches a topic of cards from its end."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=url, auto_offset_reset="latest")
    await consumer.start()
    await consumer.seek_to_end()
    arrivals = Arrivals()
    reading = asyncio.ensure_future(arrivals.read(consumer))
    try:
        yield arrivals
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
        await consumer.stop()
