"""What the provider refuses whatever the message: its sender rests, or the agency's profile.

The pauses grow. After each of them one message asks whether the refusal still holds; the others
wait for the answer.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from services.messaging.domain.failures import Failure

FIRST: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(minutes=30)
_DOUBLINGS: Final = 10

FORGOTTEN: Final = timedelta(hours=1)
"""How long after a rest another refusal still makes the next one longer."""

ASKING: Final = timedelta(seconds=5)
"""How long the others wait for the one that asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setback:
    """Why, when, and how often in a row. `code` and `sentence` are ours.

    `asked_at` is when a message was last sent to ask; `over`, that one was taken since.
    """

    code: str
    sentence: str
    provider_code: str | None
    at: datetime
    times: int = 1
    asked_at: datetime | None = None
    over: bool = False

    @property
    def until(self) -> datetime:
        """When the rest ends: after 1 min, twice as long with each in a row, 30 min at the most."""
        return self.at + min(FIRST * (1 << min(self.times - 1, _DOUBLINGS)), LONGEST)

    def rests_until(self, now: datetime) -> datetime | None:
        """Until when nothing may be sent; None where something may.

        A clock that was ahead makes nobody rest for longer than the longest.
        """
        ends = max(self.until, self.asked_at + ASKING) if self.asked_at else self.until
        return ends if now < ends <= now + LONGEST and not self.over else None

    def asked(self, now: datetime) -> "Setback":
        """A message goes out now to ask."""
        return replace(self, asked_at=now)

    def ended(self) -> "Setback":
        """A message was taken."""
        return replace(self, over=True)


def after(
    known: Setback | None, failure: Failure, provider_code: str | None, at: datetime
) -> Setback | None:
    """The setback that a refusal is; None for one that tells nothing new."""
    if known and not known.over and at < known.until <= at + LONGEST:
        return None
    lasting = known is not None and at - known.until <= FORGOTTEN
    return Setback(
        code=failure.code,
        sentence=failure.sentence,
        provider_code=provider_code,
        at=at,
        times=known.times + 1 if known and lasting else 1,
    )
