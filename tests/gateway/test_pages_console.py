"""Pages for those who are signed in: what they show, and what they put on record."""

import re
from datetime import date
from typing import Any

import pytest

from services.gateway.api.usage import DayOfUse
from services.gateway.domain.permissions import TABLE
from services.gateway.domain.roles import SCOPES, Role
from services.gateway.pages import wording
from services.gateway.pages.navigation import PLACES, places
from services.gateway.pages.usage import HEIGHT, TEXTS, WIDTH, bars, by_day
from tests.gateway.house import ONE, House

MONDAY, TUESDAY, WEDNESDAY = date(2026, 5, 18), date(2026, 5, 19), date(2026, 5, 20)


def test_one_is_led_to_pages_that_open() -> None:
    for role in Role:
        for place in places(SCOPES[role]):
            scope = TABLE["GET", place.path]
            assert place.path == "/" or scope in SCOPES[role]
    assert [place.path for place in places(SCOPES[Role.AGENT])] == ["/", "/customers", "/requests"]
    assert list(places(SCOPES[Role.ADMIN])) == list(PLACES)


async def test_the_users_are_shown_and_the_reading_is_noted_once(house: House) -> None:
    house.tenant(ONE, language="ar")
    admin = await house.signed_in(ONE)
    page = await admin.get("/users")
    assert page.status_code == 200
    assert "Amal" in page.text
    (note,) = [note for tenant, note in house.units.noted if note.action == "access.read"]
    assert (note.object, note.facts) == ("users", {"operation": "GET /users", "documents": 1})
    assert re.search(r'<option value="admin" selected>[^<a-z]+</option>', page.text)


def test_days_without_use_are_days_too() -> None:
    rows = [
        DayOfUse(day=MONDAY, operation="GET /v1/calls", requests=3, units=3),
        DayOfUse(day=MONDAY, operation=TEXTS, requests=2, units=2),
        DayOfUse(day=WEDNESDAY, operation="GET /v1/calls", requests=1, units=1),
    ]
    told = [(one.day, one.requests, one.texts) for one in by_day(rows)]
    assert told == [(MONDAY, 5, 2), (TUESDAY, 0, 0), (WEDNESDAY, 1, 0)]
    assert by_day([]) == []


def test_the_highest_bar_reaches_the_top_and_none_leaves_the_drawing() -> None:
    drawn = bars([(MONDAY, 4), (TUESDAY, 0), (WEDNESDAY, 1)])
    assert [bar.height for bar in drawn] == [HEIGHT, 0, HEIGHT / 4]
    many = bars([(MONDAY, 1)] * 366)
    for bar in [*drawn, *many]:
        assert bar.y + bar.height == HEIGHT
        assert bar.x + bar.width <= WIDTH
    assert bars([(MONDAY, 0)])[0].height == 0


@pytest.mark.parametrize(
    ("language", "month", "count"), [("en", "November", "3 requests"), ("ar", "نوفمبر", "3 طلبات")]
)
def test_times_and_counts_are_said_as_the_language_does(
    language: str, month: str, count: str
) -> None:
    context: Any = {"t": {"language": language}, "timezone": "Asia/Riyadh"}
    told = wording.when(context, "2026-11-22T22:30:00.000Z")
    assert told.startswith('<time datetime="2026-11-22T22:30:00Z">')
    assert month in told
    assert "23" in told  # in Riyadh it is the next day
    assert "1:30" in told
    assert month in wording.day(context, "2026-11-22")
    assert wording.counted(context, 3, "requests") == count
