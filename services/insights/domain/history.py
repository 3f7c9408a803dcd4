"""The earlier calls of one caller, and what can be counted on them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Self

from services.insights.domain.outcome import NOT_TAKEN, TAKEN, Outcome
from services.insights.domain.record import CallRecord


@dataclass(frozen=True, order=True)
class Earlier:
    """An earlier incoming call of the same caller, as it stands now."""

    started_at: datetime
    session_id: str
    outcome: Outcome

    @classmethod
    def of(cls, record: CallRecord) -> Self:
        """From that call's record. Raises ValueError where it has no start yet."""
        if record.started_at is None:
            raise ValueError("a call without a start is no earlier call; leave it out")
        return cls(record.started_at, record.session_id, record.outcome)


@dataclass(frozen=True)
class History:
    """The calls before `at`, oldest first, one per session."""

    at: datetime
    calls: tuple[Earlier, ...]

    @classmethod
    def before(cls, at: datetime, calls: Iterable[Earlier], reach: timedelta) -> Self:
        """Keeps what began strictly before `at`, and not longer ago than `reach`."""
        known = (call for call in sorted(calls) if at - reach <= call.started_at < at)
        return cls(at, tuple(sorted({call.session_id: call for call in known}.values())))

    def within(self, window: timedelta) -> tuple[Earlier, ...]:
        """The calls that began in the window before `at`."""
        return tuple(call for call in self.calls if self.at - call.started_at <= window)

    @property
    def last(self) -> Earlier | None:
        """The latest call."""
        return self.calls[-1] if self.calls else None

    @property
    def since_last(self) -> timedelta | None:
        """From the start of the latest call until `at`."""
        return self.at - self.last.started_at if self.last else None

    def velocity(self, half_life: timedelta) -> float:
        """The calls, each halved per half-life of its age."""
        return sum(decay(self.at - call.started_at, half_life) for call in self.calls)

    def usual_gap(self, soon: timedelta, least: int) -> timedelta | None:
        """The median gap between contacts; None where there are fewer gaps than `least`."""
        starts = contacts([call.started_at for call in self.calls], soon)
        gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(starts)]
        return timedelta(seconds=median(gaps)) if len(gaps) >= least else None


def decay(age: timedelta, half_life: timedelta) -> float:
    """What an age leaves of 1: half of it per half-life."""
    return float(2 ** -(age / half_life))


def contacts(starts: list[datetime], soon: timedelta) -> list[datetime]:
    """The starts of contacts: a call sooner than `soon` after another continues its contact."""
    later_ones = [later for earlier, later in pairwise(starts) if later - earlier >= soon]
    return starts[:1] + later_ones


def missed(calls: Iterable[Earlier]) -> int:
    """How many of the calls nobody took."""
    return sum(call.outcome in NOT_TAKEN for call in calls)


def missed_share(calls: Iterable[Earlier]) -> float | None:
    """The share that nobody took of the finished or taken calls; None where there is none."""
    settled = [call for call in calls if call.outcome in NOT_TAKEN | TAKEN]
    return missed(settled) / len(settled) if settled else None
