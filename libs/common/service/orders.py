"""The orders about people, read by every process from the beginning of `privacy.v1`.

Before a process answers anybody, or takes anything else in, it knows who is erased, and has done
what was ordered while it was away.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog

from libs.common.bus import Dispatch, Follower, Guard, Poison, Record, lanes
from libs.common.bus.record import fits_its_key
from libs.common.events import Envelope, ErasureOrdered, Malformed
from libs.common.mongo import Mongo
from libs.common.service.declared import Service
from libs.common.tenants import UnknownTenant

TOPIC = ErasureOrdered.TOPIC
AT_ONCE = 500
PAUSE_SECONDS = 1.0

log = structlog.get_logger()


class OrderReader:
    """Tells the guard who is erased. `obeyed` is set once no order of earlier is left to do."""

    def __init__(
        self, service: Service[Any], mongo: Mongo, guard: Guard, dispatch: Dispatch[Any]
    ) -> None:
        self._mongo = mongo
        self._guard = guard
        self._dispatch = dispatch
        self._follower = Follower(service.settings.kafka, service.name, (TOPIC,), self._see)
        self._earlier: list[tuple[Envelope, Record]] = []
        self.caught_up = self._follower.caught_up
        self.obeyed = asyncio.Event()

    async def run(self) -> None:
        """Reads until cancelled."""
        await self._follower.run()

    async def obey(self) -> None:
        """Does what was ordered and is not done, through the handlers; the store must be there.

        It waits until all is read. An order that fails is tried until it does not.
        """
        await self.caught_up.wait()
        earlier, self._earlier = self._earlier, []
        for first in range(0, len(earlier), AT_ONCE):
            await lanes.run(await self._open(earlier[first : first + AT_ONCE]), self._do, _NEVER)
        self.obeyed.set()

    async def _see(self, record: Record) -> None:
        try:
            envelope = _event(record)
            self._guard.note(envelope)
        except Malformed as error:
            log.error("order.unreadable", place=record.place, reason=str(error))
            return
        if not self.caught_up.is_set() and self._dispatch.entries(envelope):
            self._earlier.append((envelope, record))

    async def _open(self, orders: Sequence[tuple[Envelope, Record]]) -> list[Record]:
        """Those of which not every handler has an inbox row."""
        entries = {record.place: self._dispatch.entries(one) for one, record in orders}
        wanted = [entry for each in entries.values() for entry in each]
        while True:
            try:
                rows = await self._mongo.service_collection("inbox").list({"_id": {"$in": wanted}})
            except Exception as error:  # noqa: BLE001 - tried until MongoDB answers
                log.error("orders.wait", orders=len(orders), error=type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                done = {row["_id"] for row in rows}
                return [
                    record for _, record in orders if not done.issuperset(entries[record.place])
                ]

    async def _do(self, record: Record) -> None:
        while True:
            try:
                await self._dispatch.take(record)
            except (Poison, Malformed, UnknownTenant) as error:
                # It would fail for ever; the consumer group comes to it and parks it.
                log.error("order.left", place=record.place, reason=type(error).__name__)
            except Exception as error:  # noqa: BLE001 - nobody is served before it is done
                log.error("order.waits", place=record.place, error=type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            return


_NEVER = asyncio.Event()


def _event(record: Record) -> Envelope:
    envelope = Envelope.from_json(record.value)
    if not fits_its_key(envelope, record.key):
        raise Malformed("the record key names another tenant or request")
    return envelope
