"""Hours: a promotion waits until it is day wherever the number may be."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from phonenumbers.tzdata import TIMEZONE_DATA

from services.messaging.domain.hours import REACH, next_allowed, zones, zones_for
from services.messaging.domain.rules import Window

MINUTE = timedelta(minutes=1)
DAY = Window.model_validate({"start": "08:00", "until": "21:00"})
NEW_YORK, CAIRO = "America/New_York", "Africa/Cairo"


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def window(start: time, until: time) -> Window:
    hours = {"start": start.isoformat("minutes"), "until": until.isoformat("minutes")}
    return Window.model_validate(hours)


def scanned(names: list[str], moment: datetime, hours: Window) -> datetime | None:
    """The same, minute by minute."""
    places = [ZoneInfo(name) for name in names]
    whole = moment.replace(second=0, microsecond=0)
    steps = (whole + n * MINUTE for n in range(1, REACH // MINUTE + 1))
    return next(
        (
            step
            for step in (moment, *steps)
            if all(hours.start <= step.astimezone(p).time() < hours.until for p in places)
        ),
        None,
    )


hours_of_day = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))
windows = st.lists(hours_of_day, min_size=2, max_size=2, unique=True).map(
    lambda pair: window(*sorted(pair))
)
places = st.lists(
    st.sampled_from(
        [
            NEW_YORK,
            CAIRO,
            "America/Adak",
            "America/Havana",
            "America/Los_Angeles",
            "America/St_Johns",
            "Asia/Kathmandu",
            "Asia/Riyadh",
            "Asia/Tokyo",
            "Australia/Lord_Howe",
            "Europe/London",
            "Pacific/Apia",
            "Pacific/Auckland",
        ]
    ),
    min_size=1,
    max_size=3,
    unique=True,
)
# The clocks of most of these places change within a day of one of these moments.
near_changes = st.builds(
    lambda day, minutes, seconds: at(day) + timedelta(minutes=minutes, seconds=seconds),
    st.sampled_from(["2026-03-08", "2026-03-29", "2026-04-05", "2026-10-25", "2026-11-01"]),
    st.integers(-2000, 2000),
    st.sampled_from([0, 1, 59]),
)
moments = near_changes | st.integers(0, 3 * 366 * 24 * 60).map(
    lambda minutes: at("2026-01-01") + minutes * MINUTE
)


@settings(deadline=None, max_examples=150)
@given(places, moments, windows | st.just(DAY))
@example([NEW_YORK], at("2026-03-08T06:00"), window(time(2, 30), time(4)))
@example([NEW_YORK], at("2026-11-01T05:40"), window(time(0, 15), time(1, 30)))
@example([NEW_YORK], at("2026-11-01T05:50"), window(time(1, 15), time(1, 20)))
def test_it_is_the_moment_that_a_scan_finds(
    names: list[str], moment: datetime, hours: Window
) -> None:
    found, expected = next_allowed(names, moment, hours), scanned(names, moment, hours)

    if expected is None:
        assert found is None or found > moment + REACH - MINUTE
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        ("2026-06-01T07:59:59", "2026-06-01T08:00"),
        ("2026-06-01T08:00:00", "2026-06-01T08:00"),
        ("2026-06-01T20:59:59", "2026-06-01T20:59:59"),
        ("2026-06-01T21:00:00", "2026-06-02T08:00"),
        ("2026-03-07T22:00:00", "2026-03-08T08:00"),
        ("2026-10-31T22:00:00", "2026-11-01T08:00"),
    ],
)
def test_both_ends_of_the_window(moment: str, allowed: str) -> None:
    assert next_allowed([NEW_YORK], at(moment, NEW_YORK), DAY) == at(allowed, NEW_YORK)


def test_all_zones_must_allow_it() -> None:
    alaska = ["America/Anchorage", "America/Adak"]

    assert next_allowed(alaska, at("2026-06-01T08:30", alaska[0]), DAY) == at(
        "2026-06-01T08:00", alaska[1]
    )
    assert next_allowed(alaska, at("2026-06-01T20:30", alaska[1]), DAY) == at(
        "2026-06-02T08:00", alaska[1]
    )


def test_zones_around_the_world_have_no_common_hour() -> None:
    world = ["Europe/London", "Asia/Tokyo", "America/Los_Angeles"]

    assert next_allowed(world, at("2026-06-01T12:00"), DAY) is None


def test_no_known_zone_allows_nothing() -> None:
    assert next_allowed([], at("2026-06-01T12:00"), DAY) is None


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+12125550123", (NEW_YORK,)),
        ("+19075550123", ("America/Adak", "America/Anchorage")),
        ("+966501234567", ("Asia/Riyadh",)),
        ("+17875551234", ("America/Puerto_Rico",)),
        ("+870773111632", ()),
        ("+8001234567890", ()),
    ],
)
def test_the_zones_of_a_number(number: str, expected: tuple[str, ...]) -> None:
    assert zones(number) == expected


def test_a_number_of_no_plan_may_be_anywhere_in_its_country() -> None:
    assert zones("+7877871234") == TIMEZONE_DATA["7"]
    assert len(zones("+18005550123")) > 40


def test_the_zone_of_a_rule_counts_instead_of_those_of_the_number() -> None:
    riyadh = Window.model_validate({"start": "09:00", "until": "21:00", "zones": "Asia/Riyadh"})

    assert zones_for("+12125550123", riyadh) == ("Asia/Riyadh",)
    assert zones_for("+12125550123", DAY) == (NEW_YORK,)


def test_every_zone_that_a_number_may_have_is_known_here() -> None:
    assert {zone for listed in TIMEZONE_DATA.values() for zone in listed} <= available_timezones()
