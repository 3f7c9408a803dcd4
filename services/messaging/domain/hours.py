"""When it is a decent hour everywhere that a number may be."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number
from phonenumbers.tzdata import TIMEZONE_DATA

from services.messaging.domain.rules import NUMBER, Window

REACH: Final = timedelta(days=2)
"""How far ahead is looked. An hour that all zones share comes once a day."""

_MINUTE: Final = timedelta(minutes=1)
_DAY: Final = timedelta(days=1)


def zones(e164: str) -> tuple[str, ...]:
    """The IANA zones that a number may be in, by its prefix.

    For a number that fits no plan these are all zones of its country code; none for a code of no
    country (satellites, worldwide services).
    """
    number = phonenumbers.parse(e164)
    found = time_zones_for_number(number)
    if UNKNOWN_TIMEZONE in found:
        found = TIMEZONE_DATA.get(str(number.country_code), ())
    return tuple(found)


def zones_for(e164: str, window: Window) -> tuple[str, ...]:
    """The zones that count for a number: those that it may be in, or the one of the rule."""
    return zones(e164) if window.zones == NUMBER else (window.zones,)


def next_allowed(zones: Sequence[str], at: datetime, window: Window) -> datetime | None:
    """`at` if it lies inside the window in all zones, else the first later moment that does.

    None where there is none within two days, and where no zone is known: then no hour is
    certainly a decent one.
    """
    places = [ZoneInfo(zone) for zone in zones]
    moments = {at, *(moment for place in places for moment in _turns(place, at, window))}
    allowed = (
        moment
        for moment in sorted(moments)
        if moment >= at and all(_inside(place, moment, window) for place in places)
    )
    return next(allowed, None) if places else None


def _inside(place: ZoneInfo, moment: datetime, window: Window) -> bool:
    return window.start <= moment.astimezone(place).time() < window.until


def _turns(place: ZoneInfo, at: datetime, window: Window) -> Iterator[datetime]:
    """Every moment at which the window may open in this zone, and some more."""
    today = at.astimezone(place).date()
    for days in range(REACH.days + 1):
        start = datetime.combine(today + days * _DAY, window.start, place)
        # Where clocks are put back, the same hour comes twice.
        yield start.astimezone(UTC)
        yield start.replace(fold=1).astimezone(UTC)
    since = at.astimezone(UTC).replace(second=0, microsecond=0)
    for days in range(REACH.days):
        yield from _change(place, since + days * _DAY)


def _change(place: ZoneInfo, since: datetime) -> Iterator[datetime]:
    """The moment within a day at which the zone's clocks are changed, if there is one."""

    def changed(minutes: int) -> bool:
        moment = since + minutes * _MINUTE
        return moment.astimezone(place).utcoffset() != since.astimezone(place).utcoffset()

    minutes = _DAY // _MINUTE
    if changed(minutes):
        yield since + bisect_left(range(minutes), True, key=changed) * _MINUTE
