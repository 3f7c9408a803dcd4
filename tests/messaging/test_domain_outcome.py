"""Outcomes: a message that may have gone is never sent again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.messaging.domain.outcome import (
    LONGEST_PAUSE,
    Accepted,
    Again,
    Answer,
    Attempt,
    Failed,
    Unknown,
    backoff,
    of,
    refusal,
)
from tests.messaging.asks import NOON

FIRST = Attempt(1, NOON, NOON + timedelta(hours=1))
SECONDS = timedelta(seconds=1)


def test_an_id_is_acceptance() -> None:
    assert of(Answer(200, (), "p-1"), FIRST) == Accepted("p-1")
    assert of(Answer(202, (), "p-1"), FIRST) == Accepted("p-1")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(None, trouble="lost"),
        Answer(200, trouble="lost"),
        Answer(400, ("10011",), trouble="lost"),
        Answer(200),
        Answer(200, (), ""),
        Answer(408, ("10011",)),
        Answer(500),
        Answer(502, ("10011",)),
        Answer(503),
        Answer(302),
        Answer(101),
        Answer(None),
    ],
)
def test_what_nobody_can_tell(answer: Answer) -> None:
    assert of(answer, FIRST) == Unknown("no_answer")


@pytest.mark.parametrize(
    ("answer", "again"),
    [
        (Answer(None, trouble="connect"), Again(5 * SECONDS, "provider_unreachable")),
        (Answer(None, trouble="late"), Again(5 * SECONDS, "attempt_delayed")),
        (Answer(429, ("10011",)), Again(5 * SECONDS, "sent_too_fast")),
        (Answer(429), Again(5 * SECONDS, "sent_too_fast")),
        (Answer(429, ("99999",)), Again(5 * SECONDS, "sent_too_fast")),
        (Answer(401), Again(60 * SECONDS, "provider_denied")),
        (Answer(403, ("10010",)), Again(60 * SECONDS, "provider_denied")),
        (Answer(422, ("40318",)), Again(60 * SECONDS, "sent_too_fast")),
        (Answer(400, ("40008",)), Again(5 * SECONDS, "not_reached_now")),
        (Answer(429, ("40333",)), Again(60 * SECONDS, "spend_limit")),
        (Answer(429, ("10011", "40333")), Again(60 * SECONDS, "spend_limit")),
        (Answer(402), Again(60 * SECONDS, "provider_unpaid")),
        (Answer(403, ("40312",)), Again(60 * SECONDS, "provider_disabled")),
        (Answer(400, ("40010",)), Again(60 * SECONDS, "sender_blocked")),
    ],
)
def test_what_was_certainly_not_accepted_is_tried_again(answer: Answer, again: Again) -> None:
    assert of(answer, FIRST) == again


@pytest.mark.parametrize(
    ("answer", "code", "provider_code"),
    [
        (Answer(400, ("40300",)), "recipient_stopped", "40300"),
        (Answer(400, ("40008", "40310")), "number_unusable", "40310"),
        (Answer(400, ("40309",)), "region_blocked", "40309"),
        (Answer(422, ("12345",)), "provider_refused", "12345"),
        (Answer(403, ("40300",)), "recipient_stopped", "40300"),
        (Answer(404), "provider_refused", None),
    ],
)
def test_what_fails_by_its_code(answer: Answer, code: str, provider_code: str | None) -> None:
    failed = of(answer, FIRST)

    assert isinstance(failed, Failed)
    assert (failed.code, failed.provider_code) == (code, provider_code)
    assert failed.sentence.endswith(".")


@pytest.mark.parametrize(
    ("answer", "whose"),
    [
        (Answer(401, ("10009",)), "profile"),
        (Answer(402, ("99999",)), "profile"),
        (Answer(403, ("99999",)), "message"),  # it may be for this one alone
        (Answer(403, ("40314",)), "profile"),
        (Answer(400, ("40003",)), "sender"),
        (Answer(404), "message"),
    ],
)
def test_a_refusal_is_somebodys(answer: Answer, whose: str) -> None:
    failure = refusal(answer)
    assert failure is not None
    assert failure.whose == whose


@pytest.mark.parametrize(
    "answer", [Answer(200, (), "p-1"), Answer(500), Answer(408), Answer(None, trouble="lost")]
)
def test_what_is_no_refusal(answer: Answer) -> None:
    assert refusal(answer) is None


def test_the_pause_doubles_up_to_ten_minutes() -> None:
    assert [backoff(n) // SECONDS for n in range(1, 10)] == [5, 10, 20, 40, 80, 160, 320, 600, 600]
    assert backoff(100_000) == LONGEST_PAUSE


@pytest.mark.parametrize(
    ("left", "tried"), [(timedelta(seconds=5), False), (timedelta(seconds=5.000001), True)]
)
def test_nothing_is_tried_after_the_end(left: timedelta, tried: bool) -> None:
    came_to = of(Answer(None, trouble="connect"), Attempt(1, NOON, NOON + left))

    assert isinstance(came_to, Again if tried else Failed)
    assert came_to.code == "provider_unreachable"


@pytest.mark.parametrize("code", ["40020", "40320"])
def test_a_hold_of_a_day_outlasts_the_hour_for_what_is_patient(code: str) -> None:
    answer = Answer(400, (code,))

    assert of(answer, replace(FIRST, patient=True)) == Again(timedelta(days=1), "held_back")
    failed = of(answer, FIRST)
    assert isinstance(failed, Failed)
    assert (failed.code, failed.provider_code) == ("held_back", code)


def test_patience_is_for_holds_alone() -> None:
    last = Attempt(9, NOON, NOON, patient=True)

    assert isinstance(of(Answer(None, trouble="connect"), last), Failed)
    assert isinstance(of(Answer(400, ("40008",)), last), Failed)


answers = st.builds(
    Answer,
    st.none() | st.integers(100, 599),
    st.lists(st.sampled_from(["10011", "40008", "40300", "40020", "x"])).map(tuple),
    st.none() | st.just("p-1"),
    st.none() | st.just("lost"),
)


@given(answers, st.integers(1, 50), st.booleans())
def test_only_a_certain_refusal_is_ever_sent_again(
    answer: Answer, number: int, patient: bool
) -> None:
    came_to = of(answer, Attempt(number, NOON, NOON + timedelta(days=2), patient))

    if isinstance(came_to, Again):
        assert answer.trouble is None
        assert answer.status is not None
        assert 400 <= answer.status < 500
        assert answer.status != 408
