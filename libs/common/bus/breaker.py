"""Stops a consumer that parks too much: one mistake of ours would else park all in seconds."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import structlog
from prometheus_client import Gauge

WINDOW_SECONDS = 60.0
SHARE = 0.05
LEAST = 20  # parked records; below it, a share says little
FIRST_PAUSE = 10.0
LONGEST_PAUSE = 300.0

OPEN = Gauge("breaker_open", "1 while the consumer stands still because it parks too much.")

log = structlog.get_logger()


@dataclass
class _Second:
    at: int
    records: int = 0
    parked: int = 0


class Breaker:
    """Opens when more than 5 % of a minute's records, and at least 20, were parked.

    It closes by itself after ten seconds, and after twice as long each time it opens again
    within a minute, up to five minutes: a storm passes and traffic goes on, a mistake parks
    little until somebody comes.
    """

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._seconds: deque[_Second] = deque()
        self._pause = FIRST_PAUSE
        self._closes = float("-inf")

    def count(self, *, parked: bool) -> None:
        """Takes note of a record that is done."""
        now = self._now()
        if not self._seconds or self._seconds[-1].at != int(now):
            self._seconds.append(_Second(int(now)))
        self._seconds[-1].records += 1
        self._seconds[-1].parked += parked
        while self._seconds[0].at < now - WINDOW_SECONDS:
            self._seconds.popleft()
        if parked and now >= self._closes:
            self._judge(now)

    def is_open(self) -> bool:
        """Whether the consumer must wait."""
        standing = self._now() < self._closes
        OPEN.set(standing)
        return standing

    def _judge(self, now: float) -> None:
        parked = sum(second.parked for second in self._seconds)
        records = sum(second.records for second in self._seconds)
        if parked < LEAST or parked <= SHARE * records:
            return
        again = now - self._closes < WINDOW_SECONDS
        self._pause = min(LONGEST_PAUSE, self._pause * 2) if again else FIRST_PAUSE
        self._closes = now + self._pause
        self._seconds.clear()
        log.error("breaker.opened", parked=parked, records=records, seconds=self._pause)
