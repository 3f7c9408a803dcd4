"""Days and moments as a file gives them, in the agency's time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from libs.common.phone.spelling import western

AHEAD: Final = timedelta(minutes=1)
"""How far the clocks of others may be before ours."""

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
"""Before the first text message nobody agreed to any."""

_LAST_MOMENT: Final = time(23, 59, 59, 999000)


@dataclass(frozen=True, slots=True)
class When:
    """A moment, or a whole day of which nobody knows the hour."""

    earliest: datetime
    latest: datetime


def read_when(cell: str, zone: ZoneInfo) -> When | None:
    """Reads ISO 8601, a date or a date with a time; None for anything else."""
    text = western(cell).strip()
    try:
        if len(text) <= len("2026-03-31"):
            return _day(date.fromisoformat(text), zone)
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return _within(moment, moment)
    except (ValueError, OverflowError):
        return None


def is_too_early(at: datetime) -> bool:
    """Whether nobody can have agreed to anything then."""
    return at < EARLIEST


def is_to_come(at: datetime, now: datetime) -> bool:
    """Whether it lies in the future, by more than clocks differ."""
    return at > now + AHEAD


def _day(day: date, zone: ZoneInfo) -> When | None:
    first, last = (datetime.combine(day, at, zone) for at in (time(), _LAST_MOMENT))
    return _within(first, last)


def _within(first: datetime, last: datetime) -> When | None:
    return None if is_too_early(first) else When(first.astimezone(UTC), last.astimezone(UTC))
