"""What was used: one entry per answered request, without bodies and without numbers."""

from collections import deque
from dataclasses import dataclass
from datetime import date, datetime

MOST_WAITING = 50_000


@dataclass(frozen=True)
class Use:
    """One answered request. `operation` is method and path template, `ms` the time to answer."""

    tenant: str
    user: str
    operation: str
    status: int
    ms: int
    at: datetime
    units: int = 1


@dataclass(frozen=True)
class DayOfUse:
    """An operation on one day, as the tenant counts days."""

    day: date
    operation: str
    requests: int
    units: int


class Waiting:
    """Entries that are not written yet; the oldest give way when nobody can write them."""

    def __init__(self) -> None:
        self._uses: deque[Use] = deque(maxlen=MOST_WAITING)

    def add(self, use: Use) -> None:
        """Notes one request."""
        self._uses.append(use)

    def take(self) -> dict[str, list[Use]]:
        """All that wait, by tenant; they wait no more."""
        taken: dict[str, list[Use]] = {}
        while self._uses:
            use = self._uses.popleft()
            taken.setdefault(use.tenant, []).append(use)
        return taken

    def put_back(self, uses: list[Use]) -> None:
        """Those that could not be written wait again."""
        room = MOST_WAITING - len(self._uses)
        self._uses.extendleft(reversed(uses[-room:] if room else []))

    def __len__(self) -> int:
        return len(self._uses)
