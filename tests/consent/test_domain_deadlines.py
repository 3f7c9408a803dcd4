"""By when a request is due, when the agency is warned, and when nobody waits any more."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.profiles import Due, load, names
from services.consent.domain.rights.code import Fresh
from services.consent.domain.rights.deadlines import (
    PATIENCE,
    due_at,
    expires_at,
    extended,
    next_look,
    target_at,
)
from services.consent.domain.rights.request import Extension, Request
from services.consent.domain.rights.steps import looked_at
from tests.consent.requests import opened

RIYADH, NEW_YORK, ZONE = ZoneInfo("Asia/Riyadh"), ZoneInfo("America/New_York"), ZoneInfo("UTC")
PDPL, GDPR = load("interkey-connect").due, load("intnet-iq").due
DAY, EPOCH = timedelta(days=1), datetime(2020, 1, 1, 0, 30, tzinfo=UTC)

moments = st.integers(0, 60 * 365 * 24).map(lambda hours: EPOCH + timedelta(hours=hours))
zones = st.sampled_from([RIYADH, NEW_YORK, ZONE, ZoneInfo("Pacific/Apia"), ZoneInfo("Asia/Gaza")])
dues = st.sampled_from([load(name).due for name in names()])


def local(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def longer(request: Request, at: datetime, due: Due, zone: ZoneInfo) -> Request:
    told = Extension(at=at, who="usr_1", reason=b"", first_due_at=request.due_at)
    return extended(request, told, due, zone)


def verbs(request: Request, now: datetime) -> list[str]:
    return [note.action.partition(".")[2] for note in looked_at(request, now)[1]]


def test_thirty_days() -> None:
    came = local("2026-11-10T14:30", RIYADH)
    assert due_at(came, PDPL, RIYADH) == local("2026-12-10T14:30", RIYADH)
    assert target_at(came, PDPL, RIYADH) == local("2026-11-20T14:30", RIYADH)


@pytest.mark.parametrize(
    ("came", "due"),
    [
        ("2027-01-31T09:00", "2027-02-28T09:00"),
        ("2028-01-31T09:00", "2028-02-29T09:00"),
        ("2026-12-31T09:00", "2027-01-31T09:00"),
        ("2026-10-30T09:00", "2026-11-30T09:00"),
        ("2026-02-15T01:30", "2026-03-15T01:30"),  # over the change to summer time
    ],
)
def test_a_month_ends_on_its_day_or_on_the_last_one(came: str, due: str) -> None:
    assert due_at(local(came, NEW_YORK), GDPR, NEW_YORK) == local(due, NEW_YORK)


def test_more_time_is_counted_from_when_it_was_due_at_first() -> None:
    request = opened(local("2026-11-10T12:00", RIYADH), PDPL, RIYADH)
    on_the_29th = request.received_at + 29 * DAY
    assert longer(request, on_the_29th, PDPL, RIYADH).due_at == request.received_at + 60 * DAY
    request = opened(local("2027-01-31T12:00", ZONE), GDPR, ZONE)
    assert longer(request, request.received_at, GDPR, ZONE).due_at == local(
        "2027-04-28T12:00", ZONE
    )


@given(moments, dues, zones)
def test_no_reading_of_the_period_is_longer_than_the_law(
    came: datetime, due: Due, zone: ZoneInfo
) -> None:
    at, aim = due_at(came, due, zone), target_at(came, due, zone)
    assert came < aim <= at
    last = came.astimezone(zone).date()
    months = (at.astimezone(zone).date().year - last.year) * 12
    months += at.astimezone(zone).date().month - last.month
    if due.unit == "days":
        assert at.astimezone(zone).date() - last == timedelta(days=due.period)
    else:
        assert months == due.period
        assert at.astimezone(zone).day <= last.day


@given(moments, dues, st.lists(st.integers(0, 70 * 24), max_size=30).map(sorted))
def test_each_warning_is_given_once_however_often_one_looks(
    came: datetime, due: Due, hours: list[int]
) -> None:
    request, told = opened(came, due, ZONE), []
    for hour in hours:
        now = request.received_at + timedelta(hours=hour)
        request, notes = looked_at(request, now)
        told += [(note.action, note.facts.get("percent")) for note in notes]
    assert len(told) == len(set(told))
    passed = request.received_at + timedelta(hours=max(hours, default=0))
    whole = request.due_at - request.received_at
    for percent in (50, 80, 100):
        warned = ("privacy.deadline_warned", percent) in told
        assert warned == (passed - request.received_at >= whole * percent / 100)
    late = ("privacy.deadline_breached", None) in told
    assert late == (passed > request.due_at) == (request.breached_at is not None)


@given(moments, dues, st.integers(0, 70 * 24))
def test_nothing_is_missed_between_two_looks(came: datetime, due: Due, hours: int) -> None:
    """Who looks when told to look sees all that happens: before, there is nothing to see."""
    request = opened(came, due, ZONE)
    request, _ = looked_at(request, request.received_at + timedelta(hours=hours))
    while (at := next_look(request)) is not None:
        assert verbs(request, at - timedelta(milliseconds=2)) == []
        assert verbs(request, at)
        request, _ = looked_at(request, at)
    assert request.state == "expired"


def test_time_that_was_taken_is_warned_of_again() -> None:
    request = opened(local("2026-11-10T12:00", RIYADH), PDPL, RIYADH)
    day = request.received_at
    request, _ = looked_at(request, day + 25 * DAY)
    assert request.warned == 80
    more = longer(request, day + 29 * DAY, PDPL, RIYADH)
    assert (more.warned, more.status) == (0, "extended")
    assert verbs(more, day + 31 * DAY) == ["deadline_warned"]
    assert verbs(more, day + 61 * DAY) == ["deadline_warned"] * 3 + ["deadline_breached"]


def test_who_does_not_answer_a_code_is_waited_for_and_then_not() -> None:
    request = opened(local("2026-11-10T12:00", RIYADH), PDPL, RIYADH)
    sent = request.received_at + DAY
    code = Fresh("123456", "salt").kept(request.id, None, str.upper, sent)
    asked = request.model_copy(update={"state": "verifying", "code": code})
    assert expires_at(asked) == sent + PATIENCE
    before, _ = looked_at(asked, sent + PATIENCE - timedelta(seconds=1))
    assert (before.status, before.number) == ("verifying", b"sealed")
    after, notes = looked_at(asked, sent + PATIENCE)
    assert (after.status, after.number, after.code) == ("expired", None, None)
    assert notes[-1].action == "privacy.expired"


def test_what_the_agency_leaves_lying_does_not_expire_before_it_is_late() -> None:
    request = opened(local("2026-11-10T12:00", RIYADH), PDPL, RIYADH)
    assert "deadline_breached" in verbs(request, request.received_at + 31 * DAY)
    late, _ = looked_at(request, request.received_at + 31 * DAY)
    assert late.status == "received"


@pytest.mark.parametrize("state", ["completed", "refused", "expired", "delivered"])
def test_what_is_closed_is_looked_at_no_more(state: Any) -> None:
    request = opened(local("2026-11-10T12:00", RIYADH), PDPL, RIYADH)
    closed = request.model_copy(update={"state": state})
    assert next_look(closed) is None
    assert looked_at(closed, closed.due_at + 90 * DAY) == (closed, [])


def test_a_package_that_lies_ready_is_warned_of_and_not_late() -> None:
    request = opened(local("2026-11-10T12:00", RIYADH), PDPL, RIYADH, kind="access")
    made = {"state": "ready", "package_until": request.received_at + 50 * DAY}
    ready = request.model_copy(update=made)
    after, notes = looked_at(ready, request.received_at + 31 * DAY)
    assert [note.action for note in notes] == ["privacy.deadline_warned"] * 3
    assert after.breached_at is None
    assert next_look(after) == request.received_at + 50 * DAY
    anew = after.model_copy(update={"state": "in_progress", "package_until": None})
    assert next_look(anew) == request.due_at + timedelta(milliseconds=1)
    assert verbs(anew, request.received_at + 31 * DAY) == ["deadline_breached"]
