"""A service's consumer group: batches through FastStream, records in lanes, a commit per batch.

FastStream's default policy acknowledges first and loses what is in hand, so the policy is
NACK_ON_ERROR: whatever this file raises rewinds the batch, and the inbox absorbs the repetition.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from time import monotonic
from typing import Any

import structlog
from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.exceptions import NackMessage
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage

from libs.common.bus import lanes
from libs.common.bus.producer import Unavailable
from libs.common.bus.record import Record
from libs.common.bus.security import security

POLL_MS = 500
MAX_RECORDS = 500
HANDOVER_SECONDS = 25.0
COMMIT_SECONDS = 10.0
STOP_SECONDS = HANDOVER_SECONDS + 5.0
LEAVE_SECONDS = 3.0
STUCK_SECONDS = 150.0
LATE_COMMITS = 3
HOUR_MS = 3_600_000

TakeMany = Callable[[Sequence[Record]], Awaitable[None]]

_BROKER: dict[str, Any] = {
    "ack_policy": AckPolicy.NACK_ON_ERROR,
    "apply_types": False,
    "consumer_only": True,  # its producer and admin client would only be more to start and stop
    "allow_auto_create_topics": False,
    "graceful_timeout": HANDOVER_SECONDS,
    "request_timeout_ms": 40_000,  # above the rebalance, or every rejoin after a kill times out
    "log_level": logging.DEBUG,
}
_SUBSCRIBER: dict[str, Any] = {
    "batch": True,
    "max_records": MAX_RECORDS,
    "auto_offset_reset": "earliest",
    "no_reply": True,  # a reply_to header would choose a topic to publish to
    "session_timeout_ms": 10_000,
    "heartbeat_interval_ms": 3_000,
    "rebalance_timeout_ms": 30_000,
    "max_poll_interval_ms": HOUR_MS,  # liveness is our own
    "max_partition_fetch_bytes": 65_536,
}

log = structlog.get_logger()


class Consumer:
    """Reads topics under the service's group and gives each record to `take`.

    While `held` it takes nothing, and keeps its place in the group.
    """

    def __init__(
        self,
        url: str,
        service: str,
        topics: Sequence[str],
        take: Callable[[Record], Awaitable[None]],
        held: Callable[[], bool] = lambda: False,
    ) -> None:
        self._take = take
        self._held = held
        self._together: lanes.Portions | None = None
        self._stop = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._progress = monotonic()
        self._late = 0
        self._assigned = False
        self._ending = False
        self._broker = KafkaBroker(
            url,
            client_id=service,
            parser=self._parse,
            decoder=self._decode,
            logger=log,
            security=security(url),
            **_BROKER,
        )
        self._subscriber: Any = self._broker.subscriber(
            *topics, group_id=service, listener=_Handover(self), **_SUBSCRIBER
        )
        # The stock poll sleeps again after an empty answer; a lone event would wait for it.
        self._subscriber.get_msg = self._poll
        self._subscriber(self._batch)

    def portions(self, topics: Collection[str], take: TakeMany) -> None:
        """Of these topics, records of one key that follow each other are given to `take`."""

        async def many(records: Sequence[Record]) -> None:
            await take(records)
            self._progress = monotonic()

        self._together = lanes.Portions(frozenset(topics), many)

    async def start(self) -> None:
        """Joins the group. Raises Unavailable while there is no broker; it is of no use then."""
        try:
            await self._broker.start()
        except KafkaError as error:
            await self.stop()
            raise Unavailable(type(error).__name__) from None

    async def stop(self) -> None:
        """Ends the lanes after the record in hand, commits what is done, leaves the group.

        Without a broker nobody answers to that: it is given up after a while, and soon where
        it has never joined and so has nothing in hand.
        """
        self._ending = True
        self._stop.set()
        seconds = STOP_SECONDS if self._assigned else LEAVE_SECONDS
        try:
            async with asyncio.timeout(seconds):
                await self._broker.stop()
        except TimeoutError:
            log.error("consumer.stop_late", seconds=seconds)

    async def hand_over(self) -> None:
        """Lets the lanes end, and the commit of what is done with them, within a limit."""
        self._stop.set()
        try:
            async with asyncio.timeout(HANDOVER_SECONDS):
                await self._idle.wait()
        except TimeoutError:
            log.error("consumer.handover_late", seconds=HANDOVER_SECONDS)

    def take_over(self) -> None:
        """Goes on with the partitions of the new assignment."""
        self._assigned = True
        self._progress = monotonic()
        if not self._ending:
            self._stop.clear()

    def stuck(self) -> list[str]:
        """Why the consumer should be restarted; empty while it polls or handles, and commits.

        Until it has joined it only waits: a restart would not bring the broker back. Records
        that come while no commit is answered show that the broker is there: after the broker was
        killed, the client has been seen never to look for its coordinator again.
        """
        if self._late >= LATE_COMMITS:
            return [f"{self._late} commits in a row were not answered"]
        age = monotonic() - self._progress
        stuck = self._assigned and age > STUCK_SECONDS
        return [f"no progress in the consumer for {age:.0f} s"] if stuck else []

    def waiting(self) -> list[str]:
        """Why the consumer is not ready; empty once it has its partitions."""
        return [] if self._assigned else ["the consumer has no partitions yet"]

    async def _poll(self, consumer: Any) -> tuple[Any, ...]:
        if self._held():
            await asyncio.sleep(POLL_MS / 1000)
            self._progress = monotonic()  # it stands still on purpose: a restart would not help
            return ()
        batches = await consumer.getmany(timeout_ms=POLL_MS, max_records=MAX_RECORDS)
        self._progress = monotonic()  # not before: a poll that only fails is no progress
        return tuple(record for records in batches.values() for record in records)

    async def _parse(self, raw: tuple[Any, ...], _original: Any) -> KafkaAckableMessage:
        """A total parser: the stock one raises on a null header, and the record is lost."""
        batch = _Batch(
            body=b"",
            headers={},
            raw_message=raw,
            message_id=f"{raw[0].topic}/{raw[0].partition}/{raw[0].offset}",
            consumer=self._subscriber.consumer,
        )
        batch.late = self._was_late
        return batch

    def _was_late(self, late: bool) -> None:
        self._late = self._late + 1 if late else 0

    async def _decode(self, message: KafkaAckableMessage, _original: Any) -> tuple[Record, ...]:
        raw: Any = message.raw_message
        return tuple(
            Record(r.topic, r.partition, r.offset, r.key, r.value, tuple(r.headers)) for r in raw
        )

    async def _batch(self, records: tuple[Record, ...]) -> None:
        self._idle.clear()
        try:
            done = await lanes.run(records, self._one, self._stop, together=self._together)
            if len(done) == len(records):
                return
            await self._commit(lanes.contiguous(records, done))
        except Exception as error:  # noqa: BLE001 - whatever it was, the batch comes again
            log.error("batch.rewound", records=len(records), error=type(error).__name__)
            await asyncio.sleep(1.0)
        finally:
            self._idle.set()
        await asyncio.sleep(0.05)
        raise NackMessage

    async def _one(self, record: Record) -> None:
        await self._take(record)
        self._progress = monotonic()

    async def _commit(self, offsets: dict[lanes.Partition, int]) -> None:
        if offsets:
            places = {TopicPartition(*place): offset for place, offset in offsets.items()}
            async with asyncio.timeout(COMMIT_SECONDS):
                await self._subscriber.consumer.commit(places)


class _Batch(KafkaAckableMessage):
    """The client would try its commit for as long as Kafka is away; a later one tells as much."""

    late: Callable[[bool], None]

    async def ack(self) -> None:
        try:
            async with asyncio.timeout(COMMIT_SECONDS):
                await super().ack()
        except TimeoutError:
            self.late(True)
            log.error("consumer.commit_late", seconds=COMMIT_SECONDS)
        else:
            self.late(False)


class _Handover(ConsumerRebalanceListener):  # type: ignore[misc]
    """On a rebalance the lanes end before the partitions go to another process."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: Any) -> None:
        if revoked:
            await self._consumer.hand_over()

    async def on_partitions_assigned(self, assigned: Any) -> None:  # noqa: ARG002 - the interface
        self._consumer.take_over()
