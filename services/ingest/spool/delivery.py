"""An event is delivered once Kafka has acknowledged it, or the disk holds it."""

import asyncio
from weakref import WeakValueDictionary

from libs.common.bus import Producer, Unavailable
from libs.common.events import Envelope
from services.ingest.spool.spool import Spool

KAFKA_SECONDS = 0.8


class Delivery:
    """Kafka first; the spool where that is slow, gone, or still has older events before it."""

    def __init__(self, producer: Producer, spool: Spool) -> None:
        self._producer = producer
        self._spool = spool
        self._turns: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()

    async def deliver(self, envelope: Envelope) -> None:
        """Returns once the event is safe. Raises SpoolFull when it is not.

        Events of one key take turns, so that none is on the disk before an older one that still
        waits for Kafka. The wait counts: the limit runs from here for each of them.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + KAFKA_SECONDS
        turn = self._turns.setdefault(envelope.key, asyncio.Lock())
        async with turn:
            if self._spool.empty:
                try:
                    left = max(0.0, deadline - clock())
                    return await self._producer.publish_one(envelope, left)
                except Unavailable:
                    pass  # unknown, not refused: it may arrive twice, and readers absorb that
            await self._spool.append(envelope)

    async def drain(self) -> bool:
        """Publishes the oldest segment; says whether there was one. Raises Unavailable."""
        oldest = await self._spool.oldest()
        if oldest is None:
            return False
        path, envelopes = oldest
        await self._producer.publish(envelopes)
        await self._spool.remove(path)
        return True
