"""Which agencies have endpoints, remembered for a moment: most events are of one that has none."""

from datetime import datetime, timedelta
from typing import Final

FRESH: Final = timedelta(seconds=2)
"""So long after an endpoint was made by another process, events may pass it by."""


class Listening:
    """One process's memory; what it does not know must be looked up."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[bool, datetime]] = {}

    def note(self, tenant: str, listens: bool, now: datetime) -> bool:
        """Takes in what was looked up, and returns it."""
        self._known[tenant] = (listens, now)
        return listens

    def known(self, tenant: str, now: datetime) -> bool | None:
        """Whether the agency has an endpoint; None where that is not known any more."""
        listens, at = self._known.get(tenant, (None, now))
        return listens if timedelta() <= now - at < FRESH else None

    def forget(self, tenant: str) -> None:
        """An endpoint was made: what was known may be wrong."""
        self._known.pop(tenant, None)
