"""How fast a sender may send: a token for each message, refilled at a steady rate."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

RATES: Final = {"long_code": 0.1, "toll_free": 20.0, "alphanumeric": 0.1}
"""Messages a second (Telnyx, "Rate limits"). A US number's own rate depends on its campaign."""

# A wait is given in whole microseconds, and rates are binary fractions.
_NEARLY: Final = 1 - 1e-6
_TICK: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Taken:
    """What is left in the bucket now. With a `wait` nothing was taken: try again after it."""

    tokens: float
    wait: timedelta

    @property
    def granted(self) -> bool:
        """Whether the message may be sent now."""
        return not self.wait


def take(tokens: float, at: datetime, now: datetime, rate: float, burst: float) -> Taken:
    """Takes one token from a bucket that held `tokens` at `at`.

    `rate` is tokens a second, `burst` the most that it holds. A clock that was put back refills
    nothing, and what is left counts from `now`. Raises ValueError for a rate of 0 or less, and
    for a burst of less than 1.
    """
    if rate <= 0 or burst < 1:
        raise ValueError("give a rate above 0 and a burst of 1 or more, or nothing is ever sent")
    passed = max((now - at).total_seconds(), 0)
    held = min(burst, tokens + passed * rate)
    wait = until_next(held, rate)
    return Taken(held, wait) if wait else Taken(max(held - 1, 0), wait)


def until_next(tokens: float, rate: float) -> timedelta:
    """How long until a bucket of so many tokens can give one; nothing where it can."""
    if tokens >= _NEARLY:
        return timedelta()
    return timedelta(seconds=(1 - tokens) / rate) + _TICK
