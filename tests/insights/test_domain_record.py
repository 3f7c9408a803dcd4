"""The record of a call: one end state, whatever the order and number of the facts."""

from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common.events.base import Event
from services.insights.domain.outcome import Outcome
from services.insights.domain.record import CallRecord
from tests.insights.given import (
    NOON,
    answered,
    at,
    costed,
    ended,
    matched,
    merged,
    started,
    withheld_start,
)

seconds = st.integers(0, 9)
legs = st.sampled_from("abc")
facts = st.one_of(
    st.builds(started, legs, seconds, attestation=st.sampled_from([None, "A", "failed"])),
    st.builds(answered, legs, seconds, st.none() | seconds),
    st.builds(ended, legs, seconds, seconds, cause=st.sampled_from(["user_busy", "timeout"])),
    st.builds(costed, legs, st.sampled_from(["0.01", "0.02"]), currency=st.just("USD")),
    st.builds(matched, st.sampled_from(["matched", "ambiguous", "unknown"])),
)


@settings(deadline=None)
@given(st.data(), st.lists(facts, min_size=1, max_size=8))
def test_any_order_and_any_repetition_give_the_same_record(
    data: st.DataObject, some: list[Event]
) -> None:
    again = data.draw(st.lists(st.sampled_from(some), max_size=6))
    shuffled = data.draw(st.permutations(some + again))

    assert merged(*shuffled) == merged(*some)


def test_every_order_of_a_doubled_call_ends_the_same() -> None:
    call = [started(), answered(), ended(), matched()]
    whole = merged(*call)

    for order in permutations(call):
        assert merged(*order, *order) == whole
        assert merged(*(fact for fact in order for _ in range(5))) == whole


def test_a_record_survives_its_own_json() -> None:
    record = merged(started(), answered(), ended(), costed(), matched(customer_since="2019-03-01"))

    assert CallRecord.model_validate_json(record.model_dump_json()) == record


@settings(deadline=None)
@given(st.lists(facts.filter(lambda fact: getattr(fact, "leg_id", "a") == "a"), max_size=8))
def test_an_ended_call_never_rings_again(late: list[Event]) -> None:
    over = merged(started(), ended())

    record = merged(started(), ended(), *late)

    assert over.ended_at is not None
    assert record.ended_at is not None
    assert record.outcome is not Outcome.RINGING


def test_the_first_leg_names_the_call() -> None:
    agent = started("a", 2, direction="outgoing", party="+15125550199", subject="s1-agent")
    record = merged(agent, started("b", 0, attestation="B", screening="spam_likely"))

    assert record.direction == "incoming"
    assert record.incoming
    assert record.party == "+12025550142"
    assert record.party_kind == "number"
    assert record.subject == "s1-caller"
    assert record.line == "+15125550127"
    assert record.connection == "2963572552552678752"
    assert (record.attestation, record.screening) == ("B", "spam_likely")
    assert record.started_at == NOON


def test_nobody_is_named_while_the_first_leg_is_known_by_its_end_only() -> None:
    record = merged(started("b", 2), ended("a", 60, begun=0))

    assert record.direction is None
    assert not record.incoming
    assert record.started_at == NOON
    assert record.ended_at == at(60)


def test_a_leg_without_a_known_start_is_not_the_first() -> None:
    assert merged(answered("a", begun=None), started("b")).incoming


def test_several_legs_answer_first_and_end_last() -> None:
    record = merged(
        started("a"),
        started("b", 2, direction="outgoing"),
        answered("b", 12, begun=2),
        answered("a", 14),
        ended("a", 60, source="caller"),
        ended("b", 61, begun=2, source="callee"),
    )

    assert record.answered_at == at(12)
    assert record.ended_at == at(61)
    assert record.source == "caller"
    assert record.ring_seconds == 12
    assert record.duration_seconds == 49


def test_another_legs_end_does_not_end_the_call() -> None:
    record = merged(started("a"), started("b", 2), ended("b", 22, begun=2, cause="no_answer"))

    assert record.ended_at is None
    assert record.outcome is Outcome.RINGING


def test_of_two_ends_of_a_leg_the_first_counts() -> None:
    record = merged(started(), ended(seconds=70, cause="timeout"), ended(seconds=60))

    assert (record.ended_at, record.cause) == (at(60), "normal_clearing")


@pytest.mark.parametrize(
    ("cause", "sip_code", "outcome"),
    [
        ("originator_cancel", "487", Outcome.MISSED),
        ("unspecified", "487", Outcome.MISSED),
        ("user_busy", "unspecified", Outcome.BUSY),
        ("unspecified", "486", Outcome.BUSY),
        ("call_rejected", "16", Outcome.REJECTED),
        ("unspecified", "603", Outcome.REJECTED),
        ("timeout", "480", Outcome.MISSED),
        ("a_cause_to_come", "unspecified", Outcome.MISSED),
    ],
)
def test_outcome_of_a_call_that_nobody_took(cause: str, sip_code: str, outcome: Outcome) -> None:
    record = merged(started(), ended(seconds=8.7, cause=cause, sip_code=sip_code, source="caller"))

    assert record.outcome is outcome
    assert (record.cause, record.sip_code) == (cause, sip_code)
    assert record.ring_seconds == 8.7
    assert record.duration_seconds is None


@pytest.mark.parametrize(
    ("talk", "outcome"), [(6, Outcome.SHORT), (6.001, Outcome.ANSWERED), (0, Outcome.SHORT)]
)
def test_a_taken_call_of_at_most_six_seconds_is_short(talk: float, outcome: Outcome) -> None:
    assert merged(started(), answered(), ended(seconds=10 + talk)).outcome is outcome


def test_outcome_while_the_call_goes_on() -> None:
    assert merged(started()).outcome is Outcome.RINGING
    assert merged(started(), answered()).outcome is Outcome.ANSWERED
    assert merged(started()).ring_seconds is None


def test_an_answer_after_the_end_by_a_wrong_clock_lasts_no_negative_time() -> None:
    record = merged(started(), answered(seconds=70), ended(seconds=60))

    assert record.duration_seconds == 0


def test_costs_add_up_and_the_later_one_corrects() -> None:
    late = at(90) + timedelta(seconds=1)
    record = merged(costed(total="0.5", occurred_at=late), costed(), costed("b", "0.0100"))

    assert record.cost == Decimal("0.5100")
    assert (record.currency, record.billed_seconds) == ("USD", 120)


def test_costs_in_two_currencies_have_no_sum() -> None:
    record = merged(costed(billed_seconds=None), costed("b", currency="EUR", billed_seconds=None))

    assert (record.cost, record.currency, record.billed_seconds) == (None, None, None)
    assert merged(started()).cost is None


@pytest.mark.parametrize("total", ["much", "", "NaN", "Infinity"])
def test_a_cost_that_is_no_decimal_is_refused(total: str) -> None:
    with pytest.raises(ValueError, match="no decimal; send text such as"):
        merged(costed(total=total))


def test_the_more_decided_match_counts() -> None:
    record = merged(started(), matched("unknown"), matched(), matched("ambiguous"))

    assert record.match is not None
    assert record.match.outcome == "matched"
    assert record.match.candidates == 1
    assert record.match.customer is not None
    assert record.match.customer.customer_id == "c-1"


def test_an_ambiguous_match_names_no_customer() -> None:
    record = merged(started(), matched("ambiguous"))

    assert record.match is not None
    assert record.match.best is not None
    assert record.match.customer is None
    assert record.match.candidates == 3


def test_the_match_of_another_legs_party_is_not_the_callers() -> None:
    other = matched().model_copy(update={"subject": "s1-agent"})

    assert merged(started(), other).match is None
    both = merged(other, matched("unknown"), started()).match
    assert both is not None
    assert both.outcome == "unknown"


def test_a_match_without_a_subject_is_about_the_call() -> None:
    hidden = matched("withheld").model_copy(update={"subject": None})

    for record in (merged(withheld_start(), hidden), merged(hidden, withheld_start())):
        assert record.match is not None
        assert record.match.outcome == "withheld"
        assert record.subject is None


def test_a_match_before_the_start_already_tells_the_subject() -> None:
    assert merged(matched()).subject == "s1-caller"
    assert merged(answered()).subject is None


def test_a_fact_about_another_call_is_refused() -> None:
    with pytest.raises(ValueError, match="another call session"):
        merged(started(), ended().model_copy(update={"session_id": "call-2"}))
