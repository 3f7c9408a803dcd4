"""Features: what the earlier calls say, whatever their order."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.insights.domain.history import Earlier, decay
from services.insights.domain.number import Numbering, prefix_of, same_exchange
from services.insights.domain.outcome import Outcome
from tests.insights.given import (
    NOON,
    answered,
    at,
    days_ago,
    earlier,
    ended,
    features,
    matched,
    merged,
    started,
    withheld_start,
)

DAY = 24 * 60
CALL = merged(started())
calls = st.lists(
    st.builds(
        earlier, st.integers(-60, 100 * DAY), st.sampled_from(Outcome), st.sampled_from("abcdef")
    ),
    max_size=12,
)


@settings(deadline=None)
@given(st.data(), calls)
def test_order_repetition_and_the_future_do_not_matter(
    data: st.DataObject, past: list[Earlier]
) -> None:
    past = list({call.session_id: call for call in past}.values())
    shuffled = data.draw(st.permutations(past + past[:3]))
    before = [call for call in past if call.started_at < NOON]

    assert features(CALL, shuffled) == features(CALL, before)


def test_first_and_repeat_caller_within_ninety_days() -> None:
    assert features(CALL).first_call
    assert features(CALL, days_ago(90.01)).first_call
    repeat = features(CALL, days_ago(90, 3))
    assert not repeat.first_call
    assert repeat.sessions == ("call-129600", "call-4320")


def test_the_same_moment_and_the_call_itself_are_not_earlier() -> None:
    assert features(CALL, [earlier(0), earlier(-1)]).first_call
    assert Earlier.of(CALL) == Earlier(NOON, "call-1", Outcome.RINGING)
    assert features(CALL, [Earlier.of(CALL)]).first_call


def test_calls_in_seven_days_count_this_one() -> None:
    found = features(CALL, days_ago(7, 7.01, 2, 1))

    assert found.recent_calls == 4
    assert features(CALL).recent_calls == 1


def test_a_call_within_fifteen_minutes_continues_the_contact() -> None:
    assert features(CALL, [earlier(14.9)]).continued
    assert not features(CALL, [earlier(15)]).continued
    found = features(CALL, [earlier(10), earlier(20), earlier(60)])
    assert found.recent_calls == 4
    assert found.recent_contacts == 2
    assert found.minutes_since_last == 10


def test_last_contact_of_a_first_caller() -> None:
    found = features(CALL)

    assert (found.last, found.minutes_since_last, found.continued) == (None, None, False)


def test_decay_halves_per_half_life() -> None:
    ten = timedelta(minutes=10)
    assert [decay(ten * n, ten) for n in range(4)] == [1, 0.5, 0.25, 0.125]


def test_velocity_is_the_sum_of_decayed_calls() -> None:
    assert features(CALL, [earlier(10), earlier(20), earlier(30)]).velocity == 0.875
    assert features(CALL).velocity == 0


@settings(deadline=None)
@given(st.sets(st.integers(1, 600), max_size=20))
def test_velocity_equals_its_running_form(minutes: set[int]) -> None:
    value, last = 0.0, None
    for minute in sorted(minutes, reverse=True):
        value = value * 2 ** (-((last or minute) - minute) / 10) + 1
        last = minute
    running = value * 2 ** (-(last or 0) / 10)

    assert features(CALL, map(earlier, minutes)).velocity == pytest.approx(running)


def test_missed_share_counts_finished_calls() -> None:
    past = [
        earlier(1 * DAY, Outcome.MISSED),
        earlier(2 * DAY, Outcome.BUSY),
        earlier(3 * DAY, Outcome.SHORT),
        earlier(30 * DAY, Outcome.REJECTED),
        earlier(5, Outcome.RINGING),
    ]

    assert features(CALL, past).missed_share == 0.75
    assert features(CALL, past).recent_missed == 2
    assert features(CALL, [earlier(5, Outcome.RINGING)]).missed_share is None


def test_the_usual_gap_is_the_median_between_contacts() -> None:
    past = days_ago(20, 30, 40, 42, 60)

    assert features(CALL, past).usual_gap_days == 10
    assert features(CALL, days_ago(20, 30, 40)).usual_gap_days is None


def test_a_burst_counts_the_last_hour() -> None:
    assert features(CALL, [earlier(60), earlier(61), earlier(3)]).burst_calls == 3


@settings(deadline=None)
@given(calls)
def test_a_withheld_caller_never_has_a_history(past: list[Earlier]) -> None:
    found = features(merged(withheld_start()), past, country=None)

    assert found == features(merged(withheld_start()), (), country=None)
    assert found.withheld
    assert not found.first_call
    assert (found.sessions, found.velocity, found.prefix) == ((), 0, None)


def test_withheld_has_no_history_even_with_a_subject() -> None:
    odd = merged(started(party_kind="withheld"))

    assert features(odd, [earlier(5)]).sessions == ()


def test_a_caller_without_a_subject_has_no_history() -> None:
    nameless = merged(started(party=None, party_kind="text", subject=None))

    assert features(nameless, [earlier(5)]).sessions == ()


def test_features_need_a_start() -> None:
    with pytest.raises(ValueError, match=r"once call\.started came"):
        features(merged(matched()))
    with pytest.raises(ValueError, match="leave it out"):
        Earlier.of(merged(matched()))


@pytest.mark.parametrize(
    ("party", "line", "same"),
    [
        ("+15125550142", "+15125550127", True),
        ("+15125550127", "+15125550127", True),
        ("+15125560142", "+15125550127", False),
        ("+12025550142", "+15125550127", False),
        ("+966500000001", "+966500000002", False),
        (None, "+15125550127", False),
        ("+15125550142", None, False),
    ],
)
def test_neighbours_share_the_first_six_national_digits(
    party: str | None, line: str | None, same: bool
) -> None:
    assert same_exchange(party, line) is same


def test_the_prefix_has_the_area_code_under_plus_one() -> None:
    assert prefix_of("+18765550100", Numbering(country_code=1)) == "1876"
    assert prefix_of("+23225550100", Numbering(country_code=232)) == "232"
    assert prefix_of("+23225550100", Numbering()) is None
    assert prefix_of(None, Numbering(country_code=1)) is None


def test_an_earlier_call_keeps_its_outcome() -> None:
    over = merged(started(), answered(), ended(seconds=13))

    assert Earlier.of(over) == Earlier(at(0), "call-1", Outcome.SHORT)
