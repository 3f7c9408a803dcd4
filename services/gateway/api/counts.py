"""Where `limits` keeps its counts: in the memory of this process.

Its own storage in memory looks through all counts on every request, 1.7 ms of them at ten thousand
clients; here what is over is let go of when it is met, and all of it now and then.
"""

from time import monotonic

from limits.aio.storage import Storage

ROOM = 10_000
"""Counts after which those that are over are let go of; again after as many more."""


class Counts(Storage):
    """Counts by key, each with the moment (of the monotonic clock) at which it begins anew."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[str, tuple[int, float]] = {}
        self._room = ROOM

    @property
    def base_exceptions(self) -> type[Exception]:
        """What it may raise: nothing of its own."""
        return ValueError

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Counts, from `amount` where the window is over; it then lasts `expiry` seconds."""
        now = monotonic()
        count, until = self._counts.get(key, (0, 0.0))
        if until <= now:
            count, until = 0, now + expiry
            self._make_room(now)
        self._counts[key] = (count + amount, until)
        return count + amount

    async def get(self, key: str) -> int:
        """The count, which may be of a window that is over."""
        return self._counts.get(key, (0, 0.0))[0]

    async def get_expiry(self, key: str) -> float:
        """When it begins anew."""
        return self._counts.get(key, (0, monotonic()))[1]

    async def check(self) -> bool:
        """Whether it works."""
        return True

    async def reset(self) -> int | None:
        """Forgets all counts."""
        forgotten = len(self._counts)
        self._counts.clear()
        return forgotten

    async def clear(self, key: str) -> None:
        """Forgets one."""
        self._counts.pop(key, None)

    def __len__(self) -> int:
        return len(self._counts)

    def _make_room(self, now: float) -> None:
        if len(self._counts) >= self._room:
            self._counts = {key: kept for key, kept in self._counts.items() if kept[1] > now}
            self._room = max(ROOM, 2 * len(self._counts))
