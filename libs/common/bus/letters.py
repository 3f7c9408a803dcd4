"""Dead letters as operators handle them: listed, tried again, given up."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import structlog
from prometheus_client import Gauge

from libs.common import clock
from libs.common.bus.failures import Poison, is_away
from libs.common.bus.parking import FIELD, PARKED, unpack
from libs.common.bus.producer import Unavailable
from libs.common.bus.record import Record
from libs.common.events import Malformed, Note
from libs.common.keys import PLATFORM, Keys
from libs.common.mongo import Collection, Document, Documents, Mongo, before, trail

REPLAYED, DISCARDED = "replayed", "discarded"
MEASURE_SECONDS = 15.0

DEPTH = Gauge("parked_depth", "Parked records that nobody has settled.")
OLDEST = Gauge("parked_oldest_seconds", "Age of the oldest of them; 0 for none.")

log = structlog.get_logger()

_LATEST_FIRST = [("at", -1), ("_id", -1)]


class NotParked(LookupError):
    """There is no such record, or it is settled."""


class StillFails(Exception):
    """The record fails as before; the message is the reason, and nothing personal."""


class Letters:
    """The parked records of one service. `take` is the way that every record goes."""

    def __init__(self, mongo: Mongo, keys: Keys, take: Callable[[Record], Awaitable[None]]) -> None:
        self._mongo = mongo
        self._keys = keys
        self._take = take

    async def page(self, state: str, after: tuple[datetime, str] | None, limit: int) -> Documents:
        """Those of a state, the latest first, without what is inside."""
        query = {"state": state, **before("at", after)}
        return await self._rows().list(query, sort=_LATEST_FIRST, limit=limit, fields={"sealed": 0})

    async def one(self, place: str) -> tuple[Document, Record]:
        """A parked record with its row. Raises NotParked."""
        row = await self._rows().get({"_id": place, "state": PARKED})
        if row is None:
            raise NotParked
        sealed = bytes(row.pop("sealed"))
        return row, unpack(place, self._keys.unseal(PLATFORM, FIELD, sealed))

    async def replay(self, place: str, who: str, why: str) -> None:
        """Handles it once more, as the event it is: a handler that knows its id does nothing.

        Raises NotParked, StillFails, Unavailable.
        """
        _, record = await self.one(place)
        try:
            await self._take(record)
        except Exception as error:  # noqa: BLE001 - told to the operator, whatever it is
            if is_away(error):
                raise Unavailable(type(error).__name__) from None
            reason = _reason(error)
            told = {"$set": {"reason": reason}, "$inc": {"attempts": 1}}
            await self._rows().update({"_id": place, "state": PARKED}, told)
            raise StillFails(reason) from None
        await self._settle(place, REPLAYED, who, why)

    async def discard(self, place: str, who: str, why: str) -> None:
        """Gives it up, and what is inside. Raises NotParked."""
        await self._settle(place, DISCARDED, who, why)

    async def watch(self) -> None:
        """Measures how many there are and how old, until cancelled."""
        while True:
            try:
                await self._measure()
            except Exception as error:  # noqa: BLE001 - the next time tells
                log.warning("parked.not_measured", error=type(error).__name__)
            await asyncio.sleep(MEASURE_SECONDS)

    async def _measure(self) -> None:
        open_ = {"state": PARKED}
        oldest = await self._rows().list(open_, sort=[("at", 1)], limit=1, fields={"at": 1})
        DEPTH.set(await self._rows().count(open_))
        OLDEST.set((clock.now() - oldest[0]["at"]).total_seconds() if oldest else 0)

    async def _settle(self, place: str, state: str, who: str, why: str) -> None:
        settled = {
            "state": state,
            "settled_at": clock.now(),
            "settled_by": who,
            "settled_for": why,
            "sealed": b"",
        }

        async def attempt(session: Any) -> None:
            rows = self._mongo.service_collection("parked", session)
            row = await rows.change({"_id": place, "state": PARKED}, {"$set": settled})
            if row is None:
                raise NotParked
            noted = [(row.get("tenant") or PLATFORM, _note(place, state, who))]
            notes = self._mongo.service_collection("trail", session)
            await notes.insert_all(trail.rows(noted, clock.now()))

        await self._mongo.transaction(attempt)
        log.info("parked.settled", place=place, state=state, by=who)

    def _rows(self) -> Collection:
        return self._mongo.service_collection("parked")


def _note(place: str, state: str, who: str) -> Note:
    facts = {"operation": f"dead.{state}"}
    return Note(action="operator.acted", actor=f"operator:{who}", object=place, facts=facts)


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, Poison | Malformed) else type(error).__name__
