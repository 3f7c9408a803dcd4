"""The code by which a person shows that the number is theirs."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.consent.domain.rights.code import (
    DAY,
    MOST_A_DAY,
    MOST_FOR_AGENCY,
    MOST_SENT,
    TRIES,
    Code,
    Fresh,
    Verdict,
    no_more,
    tried,
)
from tests.consent.given import at

RIGHT = "481516"
digits = st.text("0123456789", min_size=6, max_size=6)


def keyed(text: str) -> str:
    return hashlib.sha256(f"a key/{text}".encode()).hexdigest()


def code(request: str = "req_a", before: Code | None = None) -> Code:
    return Fresh(RIGHT, "salt").kept(request, before, keyed, at())


def verdict(
    held: Code | None, said: str = RIGHT, request: str = "req_a", seconds: float = 1
) -> Verdict:
    return tried(held, request, said, keyed, at(seconds))[1]


def test_the_right_code_fits() -> None:
    assert verdict(code()) is Verdict.FITS
    assert verdict(None) is Verdict.NONE


@given(digits.filter(lambda said: said != RIGHT))
def test_no_other_code_fits(said: str) -> None:
    assert verdict(code(), said) is Verdict.WRONG


def test_a_code_for_one_request_is_wrong_for_another() -> None:
    assert verdict(code("req_a"), request="req_b") is Verdict.WRONG
    assert code("req_a").digest != code("req_b").digest


@pytest.mark.parametrize(
    ("seconds", "said"), [(600, Verdict.FITS), (600.001, Verdict.EXPIRED), (601, Verdict.EXPIRED)]
)
def test_it_lives_ten_minutes(seconds: float, said: Verdict) -> None:
    assert verdict(code(), seconds=seconds) is said


def test_after_three_wrong_ones_the_right_one_fails() -> None:
    held: Code | None = code()
    for _ in range(TRIES):
        held, said = tried(held, "req_a", "000000", keyed, at(1))
        assert said is Verdict.WRONG
    assert verdict(held) is Verdict.LOCKED
    assert verdict(held, "000000") is Verdict.LOCKED
    again = code(before=held)
    assert (again.sent, again.tries, verdict(again)) == (2, 0, Verdict.FITS)


@given(st.lists(st.booleans(), max_size=8))
def test_who_guesses_has_three_tries_in_all(guesses: list[bool]) -> None:
    held: Code | None = code()
    wrong = 0
    for right in guesses:
        held, said = tried(held, "req_a", RIGHT if right else "000000", keyed, at(1))
        assert (said is Verdict.FITS) == (right and wrong < TRIES)
        wrong += not right


def test_nothing_of_the_code_is_kept() -> None:
    held = code().model_dump_json()
    assert RIGHT not in held
    assert hashlib.sha256(RIGHT.encode()).hexdigest() not in held


def test_there_are_three_for_a_request_and_some_for_a_number_a_day() -> None:
    held = None
    for _ in range(MOST_SENT):
        assert no_more(held, [], at()) is None
        held = code(before=held)
    assert no_more(held, [], at()) == "no_more_codes"
    times = [at(-60 * i) for i in range(MOST_A_DAY)]
    assert no_more(None, times, at()) == "too_many_codes"
    assert no_more(None, times[1:], at()) is None
    assert no_more(None, [one - DAY for one in times], at()) is None


def test_what_the_agency_asks_for_leaves_a_whole_request_to_the_person() -> None:
    times = [at(-60 * i) for i in range(MOST_FOR_AGENCY)]
    assert no_more(None, times, at(), times) == "too_many_codes"
    assert no_more(None, times, at(), times[1:]) is None
    assert no_more(None, times, at(), [one - DAY for one in times]) is None
    assert no_more(None, times, at()) is None
    assert MOST_A_DAY - MOST_FOR_AGENCY >= MOST_SENT
