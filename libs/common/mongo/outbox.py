"""Events on their way out: written with the change that causes them, published after it.

A row is handed to the relay in memory as soon as its transaction is committed. Rows that nobody
published (their process died) are found by a poll. Publishing, then deleting, can repeat an
event but not lose one; its id lets every reader absorb the repetition.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from time import monotonic
from typing import Any

import structlog
from prometheus_client import Gauge

from libs.common import clock
from libs.common.events import Envelope, Malformed
from libs.common.mongo.database import Mongo
from libs.common.mongo.scope import Document

LEFT_OVER = timedelta(seconds=5)
POLL_SECONDS = 1.0
CLEAR_SECONDS = 0.1
"""What is published within it is deleted together, as most of a small delete is the asking."""
APART_SECONDS = 0.01
"""Between the beginnings of two publications: an event that comes alone goes at once, and those
that come close together share the requests to Kafka and the reads of all who follow."""
BATCH = 200
MOST_FRESH = 10_000  # in memory; while Kafka is away, the rows of the others wait for the poll
MOST_BYTES = 900_000  # of key and value; Kafka's limit for a record is 1 MiB, headers included

WAITING = Gauge("outbox_waiting", "Committed events in memory that wait to be published.")
OLDEST = Gauge(
    "outbox_oldest_unsent_seconds", "Age of the oldest row that waits for the poll; 0 for none."
)

log = structlog.get_logger()

# Publishes events in order and returns when all are acknowledged.
Publish = Callable[[Sequence[Envelope]], Awaitable[None]]


class TooLarge(ValueError):
    """An event that no topic would take; in the outbox it would hold up all others for ever."""


class Outbox:
    """The rows, and the relay that empties them."""

    def __init__(self, mongo: Mongo, publish: Publish, topics: dict[str, str]) -> None:
        self._mongo = mongo
        self._publish = publish
        self._topics = topics
        self._places = sorted(set(topics.values()))
        self._order = itertools.count()
        self._fresh: asyncio.Queue[Envelope] = asyncio.Queue()
        self._held: set[str] = set()
        self._published: list[str] = []
        self._behind = False
        self._sending = asyncio.Lock()

    async def add(self, envelopes: Sequence[Envelope], session: Any) -> None:
        """Writes the rows inside the caller's transaction. Raises TooLarge."""
        rows = [self._row(envelope) for envelope in envelopes]
        await self._mongo.service_collection("outbox", session).insert_all(rows)

    def _row(self, envelope: Envelope) -> Document:
        key, value = envelope.key, envelope.to_json()
        if len(key) + len(value) > MOST_BYTES:
            raise TooLarge(f"{envelope.type}: {len(value)} bytes, of at most {MOST_BYTES}")
        return {
            "_id": _row_id(envelope),
            "topic": self._topics[envelope.type],
            "key": key,
            "value": value,
            "at": envelope.time,
            "order": next(self._order),
            "traceparent": envelope.traceparent,
        }

    def wake(self, envelopes: Sequence[Envelope]) -> None:
        """Hands committed events to the relay.

        Where they are too many, these and all that follow are left to the poll until it has
        caught up: a later event must not go before an earlier one.
        """
        if self._behind or self._fresh.qsize() + len(envelopes) > MOST_FRESH:
            self._behind = True
        else:
            for envelope in envelopes:
                self._held.add(_row_id(envelope))
                self._fresh.put_nowait(envelope)
        WAITING.set(self._fresh.qsize())

    async def relay(self) -> None:
        """Publishes what is committed, until cancelled. A failure is tried again, in order."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._forward())
            tasks.create_task(self._clear())
            tasks.create_task(self._sweep())

    async def drained(self) -> None:
        """Waits until everything handed over is published, and its rows are deleted."""
        await self._fresh.join()

    async def _forward(self) -> None:
        next_at = monotonic()
        while True:
            batch = [await self._fresh.get()]
            if (early := next_at - monotonic()) > 0:
                await asyncio.sleep(early)
            next_at = monotonic() + APART_SECONDS
            while len(batch) < BATCH and not self._fresh.empty():
                batch.append(self._fresh.get_nowait())
            async with self._sending:
                await self._until_published(batch)
            self._published += map(_row_id, batch)
            WAITING.set(self._fresh.qsize())

    async def _clear(self) -> None:
        """Deletes the rows of what is published; until then the poll leaves them alone."""
        while True:
            await asyncio.sleep(CLEAR_SECONDS)
            if self._published:
                rows, self._published = self._published, []
                await self._until_deleted(rows)
                self._held.difference_update(rows)
                for _ in rows:
                    self._fresh.task_done()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                await self._measure()
                while await self._left_over() == BATCH:
                    pass
            except Exception as error:  # noqa: BLE001 - the next poll tries again
                log.warning("outbox.sweep_failed", error=type(error).__name__)

    async def _measure(self) -> None:
        """Before the relay's turn is awaited, which may be as long as Kafka is away."""
        oldest = await self._rows(1)
        OLDEST.set((clock.now() - oldest[0]["at"]).total_seconds() if oldest else 0)

    async def _left_over(self) -> int:
        """Publishes a batch of the rows that nobody published, and says how many."""
        async with self._sending:
            rows = await self._rows(BATCH)
            strays = [row for row in rows if row["_id"] not in self._held]
            batch = {row["_id"]: envelope for row in strays if (envelope := self._ours(row))}
            self._behind = self._behind and len(rows) == BATCH
            if batch:
                await self._until_published(list(batch.values()))
                await self._until_deleted(list(batch))
        return len(batch)

    async def _rows(self, limit: int) -> Sequence[Document]:
        return await self._mongo.service_collection("outbox").list(
            {"at": {"$lt": clock.now() - LEFT_OVER}, "topic": {"$in": self._places}},
            sort=[("at", 1), ("order", 1)],
            limit=limit,
        )

    def _ours(self, row: Document) -> Envelope | None:
        """The event in a row, unless another version wrote it that this one cannot publish."""
        try:
            envelope = Envelope.from_json(bytes(row["value"]))
        except Malformed:
            log.error("outbox.unreadable", row=row["_id"])
            return None
        return envelope if envelope.type in self._topics else None

    async def _until_published(self, batch: Sequence[Envelope]) -> None:
        await _until_done(lambda: self._publish(batch), len(batch))

    async def _until_deleted(self, ids: Sequence[str]) -> None:
        """What is published is not sent again for a delete that fails."""
        rows = self._mongo.service_collection("outbox")
        await _until_done(lambda: rows.remove({"_id": {"$in": list(ids)}}), len(ids))


async def _until_done(step: Callable[[], Awaitable[object]], events: int) -> None:
    while True:
        try:
            await step()
        except Exception as error:  # noqa: BLE001 - tried again until Kafka or Mongo is back
            log.warning("outbox.publish_failed", events=events, error=type(error).__name__)
            await asyncio.sleep(0.5)
        else:
            return


def _row_id(envelope: Envelope) -> str:
    """As in the inbox: event ids are unique within a tenant, and no further."""
    return f"{envelope.tenantid}:{envelope.id}"
