"""Sends a service's notes for the audit: one process at a time, in order, none lost.

A crash between sending and deleting sends the same numbers again, under the same event ids; who
seals them knows the last number of each service.
"""

import asyncio
from contextlib import suppress
from typing import Any

import structlog
from prometheus_client import Gauge

from libs.common import clock
from libs.common.mongo import trail
from libs.common.mongo.database import Mongo
from libs.common.mongo.lease import Lease
from libs.common.mongo.outbox import Publish
from libs.common.mongo.scope import Documents

LEASE = "trail"
POLL_SECONDS = 1.0
GATHER_SECONDS = 0.25
"""What is noted within it goes together: a batch costs a transaction, and its reader another."""

OLDEST = Gauge("trail_oldest_unsent_seconds", "Age of the oldest note not sent yet; 0 for none.")

log = structlog.get_logger()


class Forwarder:
    """Empties the collection `trail`; woken when something was noted here, else by a poll."""

    def __init__(self, service: str, mongo: Mongo, publish: Publish) -> None:
        self._service = service
        self._mongo = mongo
        self._publish = publish
        self._lease = Lease(mongo.service_collection("leases"), LEASE)
        self._noted = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()

    def wake(self) -> None:
        """Says that a note was committed."""
        self._noted.set()

    async def run(self) -> None:
        """Sends what is noted until cancelled. A failure is tried again, in order."""
        while True:
            self._noted.clear()
            try:
                await self.drained()
            except Exception as error:  # noqa: BLE001 - tried again until Kafka or Mongo is back
                log.warning("trail.waits", error=type(error).__name__)
                await asyncio.sleep(POLL_SECONDS)
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._noted.wait()
            await asyncio.sleep(GATHER_SECONDS)

    async def drained(self) -> None:
        """Returns once nothing is left, or another process sees to it.

        Raises what Kafka or MongoDB raises.
        """
        async with self._one_at_a_time:
            while await self._waiting() and await self._lease.hold() and await self._send():
                pass

    async def release(self) -> None:
        """Lets another process go on at once."""
        await self._lease.release()

    async def _send(self) -> bool:
        """Publishes a batch, then deletes it; says whether there was one."""
        rows = await self._next()
        if rows:
            await self._publish([trail.event(row, self._service) for row in rows])
            done = {"_id": {"$in": [row["_id"] for row in rows]}}
            await self._mongo.service_collection("trail").remove(done)
        return bool(rows)

    async def _next(self) -> Documents:
        async def attempt(session: Any) -> Documents:
            shared = self._mongo.service_collection
            return await trail.numbered(shared("trail", session), shared("numbers", session))

        return await self._mongo.transaction(attempt)

    async def _waiting(self) -> bool:
        rows = self._mongo.service_collection("trail")
        oldest = await rows.list({}, sort=[("at", 1), ("order", 1)], limit=1, fields={"at": 1})
        OLDEST.set((clock.now() - oldest[0]["at"]).total_seconds() if oldest else 0)
        return bool(oldest)
