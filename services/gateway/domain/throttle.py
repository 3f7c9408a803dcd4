"""Slows down guessing: each failure makes the next try wait longer, and nobody is locked out.

The memory is this process's own: with several replicas a guesser gets a few more tries, once.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=5)
FORGET = timedelta(hours=1)
MOST_KEYS = 20_000
NO_WAIT = timedelta()


@dataclass(frozen=True)
class _Tries:
    count: int
    last: datetime


class Throttle:
    """Counts tries per key; the first `free` of them wait for nothing."""

    def __init__(self, free: int) -> None:
        self._free = free
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def book(self, key: str, now: datetime) -> timedelta:
        """Books a try before it is made; returns how long to wait, and books nothing then."""
        known = self._tries.get(key)
        if known is None or now - known.last >= FORGET:
            known = _Tries(0, now)
        left = known.last + self._wait(known.count) - now
        if left > NO_WAIT:
            return left
        self._tries[key] = _Tries(known.count + 1, now)
        self._tries.move_to_end(key)
        if len(self._tries) > MOST_KEYS:
            self._tries.popitem(last=False)
        return NO_WAIT

    def clear(self, key: str) -> None:
        """The owner of the key has proved to be who they say."""
        self._tries.pop(key, None)

    def unbook(self, key: str) -> None:
        """Takes one try back, because it was not a guess."""
        known = self._tries.get(key)
        if known is not None:
            self._tries[key] = _Tries(max(known.count - 1, 0), known.last)

    def _wait(self, tries: int) -> timedelta:
        if tries < self._free:
            return NO_WAIT
        doublings = min(tries - self._free, 16)
        return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
