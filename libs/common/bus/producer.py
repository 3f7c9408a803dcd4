"""Publishing, acknowledged by all in-sync replicas, each under a time limit.

An idempotent producer never gives up by itself while Kafka is away, and a send that was cut
off here can still be delivered later. So a timeout means "unknown", never "not sent".
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, TypeVar

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from libs.common.bus import partitions
from libs.common.bus.record import Headers
from libs.common.cluster import options
from libs.common.events import Envelope, Event
from libs.common.telemetry import span, traceparent

PUBLISH_SECONDS = 5.0
STOP_SECONDS = 3.0
FAILING_SECONDS = 5.0

E = TypeVar("E", bound=Event)

log = structlog.get_logger()


class Unavailable(Exception):
    """Kafka did not acknowledge in time. Whether it has the record is unknown."""


class Producer:
    """One connection for publishing; rebuilt where for some seconds nothing but failures came.

    Not after so many failures: a busy moment has many at once, and a rebuild makes it worse.
    """

    def __init__(self, url: str, client: str, topics: dict[str, str]) -> None:
        self._url = url
        self._client = client
        self._topics = topics
        self._producer: AIOKafkaProducer | None = None
        self._failing_since: float | None = None
        self._stopped = False
        self._starting = asyncio.Lock()
        self._closing: set[asyncio.Future[None]] = set()

    async def start(self) -> None:
        """Connects. Raises Unavailable while there is no broker."""
        async with self._starting:
            if self._producer is None and not self._stopped:
                self._producer = await self._connected()
        if self._stopped:
            self._let_go()

    async def stop(self) -> None:
        """Sends what is in hand, within a limit. Whoever publishes later gets Unavailable."""
        self._stopped = True
        self._let_go()
        await asyncio.gather(*self._closing)

    async def publish(self, envelopes: Sequence[Envelope]) -> None:
        """Publishes events, in order per key, and returns once all are acknowledged.

        Raises Unavailable; some may have arrived then.
        """
        await _side_by_side(map(self._publish_lane, _lanes(envelopes)))

    async def _publish_lane(self, envelopes: Sequence[Envelope]) -> None:
        for envelope in envelopes:
            await self.publish_one(envelope)

    async def publish_one(self, envelope: Envelope, seconds: float = PUBLISH_SECONDS) -> None:
        """Publishes one event to its type's topic. Raises Unavailable."""
        topic = self._topics[envelope.type]
        with span(f"publish {topic}", kind="producer", traceparent=envelope.traceparent):
            parent = traceparent() or envelope.traceparent
            headers: Headers = (("traceparent", parent.encode()),) if parent else ()
            sent = envelope.model_copy(update={"traceparent": parent})
            await self.send(topic, envelope.key, sent.to_json(), headers, seconds)

    async def send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Headers = (),
        seconds: float = PUBLISH_SECONDS,
    ) -> None:
        """Publishes raw bytes. Raises Unavailable when no acknowledgement comes in time."""
        async with self._connection(seconds) as producer:
            await producer.send_and_wait(topic, value, key, headers=list(headers))

    async def append(self, envelopes: Sequence[Envelope]) -> None:
        """Publishes events as `publish` does, but many of one key at once.

        They go in batches that the log has whole and in order, or not at all; the next batch of a
        key goes only after the one before it. Raises Unavailable; some may have arrived then.
        """
        await _side_by_side(map(self._append_lane, _lanes(envelopes, of_topic=True)))

    async def _append_lane(self, envelopes: Sequence[Envelope]) -> None:
        waiting = deque(envelopes)
        while waiting:
            async with self._connection(PUBLISH_SECONDS) as producer:
                await self._append_batch(waiting, producer)

    async def _append_batch(self, waiting: deque[Envelope], producer: AIOKafkaProducer) -> None:
        """Sends as many as a batch holds, and takes them off once they are acknowledged."""
        topic, key = self._topics[waiting[0].type], waiting[0].key
        there = sorted(await producer.partitions_for(topic))
        batch = producer.create_batch()
        for envelope in waiting:
            if not batch.append(timestamp=None, key=key, value=envelope.to_json()):
                break
        count = batch.record_count()
        partition = partitions.ASSIGN(key, there, there)
        await (await producer.send_batch(batch, topic, partition=partition))
        for _ in range(count):
            waiting.popleft()

    async def spread(self, topic: str, tenant: str, facts: Iterable[E]) -> list[E]:
        """Of these facts the first for each partition that the topic has now.

        Publishes none of them. Raises Unavailable, and ValueError where there are too few.
        """
        async with self._connection(PUBLISH_SECONDS) as producer:
            there = await producer.partitions_for(topic)
        return partitions.spread(tenant, facts, len(there))

    @asynccontextmanager
    async def _connection(self, seconds: float) -> AsyncIterator[AIOKafkaProducer]:
        """For what must be answered in this time. Raises Unavailable."""
        try:
            async with asyncio.timeout(seconds):
                if self._producer is None:
                    await self.start()
                producer = self._producer
                if producer is None:
                    raise Unavailable("the producer was stopped")
                yield producer
        except (TimeoutError, KafkaError) as error:
            self._failed()
            raise Unavailable(type(error).__name__) from None
        self._failing_since = None

    async def _connected(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            **options(self._url),
            client_id=self._client,
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            partitioner=partitions.ASSIGN,
            request_timeout_ms=40_000,
        )
        try:
            await producer.start()
        except BaseException as error:
            await producer.stop()
            if isinstance(error, KafkaError):
                raise Unavailable(type(error).__name__) from None
            raise
        return producer

    def _failed(self) -> None:
        now = monotonic()
        if self._failing_since is None:
            self._failing_since = now
        elif now - self._failing_since > FAILING_SECONDS:
            self._failing_since = None
            self._let_go()

    def _let_go(self) -> None:
        """Gives up the connection and ends it beside: the next publish makes a new one."""
        producer, self._producer = self._producer, None
        if producer is not None:
            closing = asyncio.ensure_future(_close(producer))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)


def _lanes(
    envelopes: Sequence[Envelope], *, of_topic: bool = False
) -> Iterable[Sequence[Envelope]]:
    """Those of one key, and of one type where a lane is to be of one topic."""
    lanes: defaultdict[tuple[bytes, str], list[Envelope]] = defaultdict(list)
    for envelope in envelopes:
        lanes[envelope.key, envelope.type if of_topic else ""].append(envelope)
    return lanes.values()


async def _side_by_side(lanes: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Ends them all at the first failure, and raises that.

    No TaskGroup: on Python 3.11 one whose task has failed leaves its caller counted as cancelled,
    and up to 3.11.2 the caller's next `asyncio.timeout` then ends the caller for good.
    """
    tasks = [asyncio.ensure_future(lane) for lane in lanes]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _close(producer: AIOKafkaProducer) -> None:
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await producer.flush()  # first: cut off in `stop`, the wait for it would go on
            await producer.stop()
    except (TimeoutError, KafkaError) as error:
        log.warning("producer.stop_failed", error=type(error).__name__)
        await _abandon(producer)


async def _abandon(producer: AIOKafkaProducer) -> None:
    """Ends what is still at work: a sender that tries its batches for ever, and connections."""
    producer._closed = True
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await producer._sender.close()
    except TimeoutError:
        log.warning("producer.sender_left")
    finally:
        await producer.client.close()
