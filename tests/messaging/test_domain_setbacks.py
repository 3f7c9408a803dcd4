"""Setbacks: pauses that grow, and one message that asks."""

from datetime import datetime, timedelta

import pytest

from services.messaging.domain import steps
from services.messaging.domain.failures import of_codes
from services.messaging.domain.message import Message
from services.messaging.domain.setbacks import ASKING, FORGOTTEN, Setback, after
from tests.messaging.given import NOON

MINUTE = timedelta(minutes=1)
DISABLED = of_codes(["40312"])


def refused(known: Setback | None, at: datetime) -> Setback:
    found = after(known, DISABLED, "40312", at)
    assert found is not None
    return found


def test_each_rest_in_a_row_is_twice_as_long_up_to_half_an_hour() -> None:
    known, pauses = None, []
    at = NOON
    for _ in range(8):
        known = refused(known, at)
        pauses.append((known.until - known.at) // MINUTE)
        at = known.until
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]


def test_what_is_refused_while_it_rests_tells_nothing_new() -> None:
    known = refused(None, NOON)
    assert (known.code, known.provider_code) == ("provider_disabled", "40312")
    assert after(known, DISABLED, "40314", NOON + 59 * timedelta(seconds=1)) is None
    assert after(known, DISABLED, "40314", NOON - MINUTE) is None  # a receipt that came late


@pytest.mark.parametrize(("gone", "times"), [(FORGOTTEN, 2), (FORGOTTEN + MINUTE, 1)])
def test_after_an_hour_without_one_it_begins_anew(gone: timedelta, times: int) -> None:
    known = refused(None, NOON)
    assert refused(known, known.until + gone).times == times


def test_the_others_wait_for_the_one_that_asks() -> None:
    known = refused(None, NOON)
    assert known.rests_until(NOON) == known.until
    assert known.rests_until(known.until) is None
    asked = known.asked(known.until)
    assert asked.rests_until(known.until) == known.until + ASKING
    assert asked.rests_until(known.until + ASKING) is None
    assert refused(asked, known.until + timedelta(seconds=1)).times == 2
    assert asked.ended().rests_until(known.until) is None


def test_a_clock_that_was_ahead_makes_nobody_rest_for_long() -> None:
    ahead = refused(None, NOON + timedelta(days=365))
    assert ahead.rests_until(NOON) is None
    assert refused(ahead, NOON).until == NOON + 2 * MINUTE


def test_one_that_is_over_and_comes_back_rests_longer() -> None:
    known = refused(None, NOON).ended()
    again = refused(known, NOON + timedelta(seconds=1))
    assert (again.times, again.over) == (2, False)


def message(**said: object) -> Message:
    known = {"id": "m", "direction": "out", "state": "queued", "subject": "s", "party": b""}
    return Message(**{**known, "created_at": NOON, **said})  # type: ignore[arg-type]


def test_a_message_waits_for_an_hour_from_when_it_was_first_looked_at() -> None:
    known = refused(None, NOON)
    first = steps.set_back(message(), known, known.until, NOON)
    assert (first.state, first.due, first.facts) == ("queued", known.until, ())
    assert (first.fields["first_at"], first.fields["code"]) == (NOON, "provider_disabled")
    late = message(first_at=NOON - 40 * MINUTE)
    assert steps.set_back(late, known, NOON + 30 * MINUTE, NOON).due == NOON + 20 * MINUTE
    ended = steps.set_back(message(first_at=NOON - 60 * MINUTE), known, known.until, NOON)
    assert (ended.state, ended.fields["provider_code"]) == ("failed", "40312")
    assert ended.fields["sentence"] == DISABLED.sentence
    assert len(ended.facts) == 1
