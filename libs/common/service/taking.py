"""How records are taken in: whatever happens, none is dropped."""

from collections.abc import Sequence
from typing import Any

import structlog

from libs.common.bus import Breaker, Dispatch, Parking, Record, guarded

log = structlog.get_logger()


class Taking:
    """Gives records to the handlers, parks those that cannot be handled, and counts them."""

    def __init__(self, dispatch: Dispatch[Any], parking: Parking, breaker: Breaker) -> None:
        self._dispatch = dispatch
        self._parking = parking
        self._breaker = breaker

    async def one(self, record: Record) -> None:
        """Raises only where the store or the broker is away for long."""
        parked = await guarded(record, self._dispatch.take, self._parking.park)
        self._breaker.count(parked=parked)

    async def several(self, records: Sequence[Record]) -> None:
        """All at once; where that fails each by itself, so that one that is poison is alone."""
        try:
            await self._dispatch.take_together(records)
        except Exception as error:  # noqa: BLE001 - what it was shows where it is alone
            log.warning("records.parted", records=len(records), error=type(error).__name__)
            for record in records:
                await self.one(record)
        else:
            for _ in records:
                self._breaker.count(parked=False)
