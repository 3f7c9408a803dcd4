"""How long a call rang before its cards: whichever event is here first."""

from datetime import UTC, datetime, timedelta

from services.gateway.domain import ringing
from services.gateway.domain.moment import CARD, Moment
from services.gateway.domain.ringing import Ringing

SINCE = datetime(2026, 5, 19, 12, tzinfo=UTC)
RING = Moment("evt_1", "call.started", "2026-05-19T12:00:10.000Z", "ses_1", {})


def card(version: int, call: str = "ses_1") -> Moment:
    return Moment(f"evt_c{version}", CARD, "2026-05-19T12:00:10.100Z", call, {"version": version})


def after(seconds: float) -> datetime:
    return SINCE + timedelta(seconds=10 + seconds)


def test_both_cards_of_a_call_are_timed_from_its_ring() -> None:
    calls = Ringing(SINCE)
    assert [*calls.seconds(RING, after(0.05))] == []
    assert [*calls.seconds(card(1), after(0.2))] == [("first", 0.2)]
    assert [*calls.seconds(card(2), after(0.3))] == [("second", 0.3)]
    assert [*calls.seconds(card(3), after(60))] == []


def test_a_card_that_is_read_before_its_ring_is_timed_by_when_it_was_shown() -> None:
    calls = Ringing(SINCE)
    assert [*calls.seconds(card(1), after(0.2))] == []
    assert [*calls.seconds(RING, after(5))] == [("first", 0.2)]


def test_what_comes_twice_counts_once() -> None:
    calls = Ringing(SINCE)
    assert [*calls.seconds(RING, after(0.1))] == [*calls.seconds(RING, after(0.1))] == []
    assert [*calls.seconds(card(1), after(0.2))] == [("first", 0.2)]
    assert [*calls.seconds(card(1), after(9))] == [*calls.seconds(RING, after(9))] == []


def test_calls_from_before_the_process_are_not_timed() -> None:
    calls = Ringing(after(1))
    assert [*calls.seconds(RING, after(2))] == [*calls.seconds(card(1), after(2))] == []


def test_clocks_that_differ_give_no_negative_time_and_few_calls_are_remembered() -> None:
    calls = Ringing(SINCE)
    assert [*calls.seconds(RING, after(0))] == []
    assert [*calls.seconds(card(1), after(-1))] == [("first", 0.0)]
    for number in range(ringing.MOST):
        assert [*calls.seconds(card(1, f"other_{number}"), after(0))] == []
    assert [*calls.seconds(card(2), after(1))] == []
