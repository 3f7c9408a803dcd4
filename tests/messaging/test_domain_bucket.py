"""The bucket: never faster than the rate, and never longer than it takes."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.messaging.domain.bucket import RATES, Taken, take, until_next
from tests.messaging.asks import NOON

NOW = timedelta()
rates = st.sampled_from([*RATES.values(), 1.0, 1 / 3, 75 / 60])


def test_the_published_rates() -> None:
    assert RATES == {"long_code": 0.1, "toll_free": 20, "alphanumeric": 0.1}


def test_a_full_bucket_gives_its_burst_at_once_and_then_makes_wait() -> None:
    first = take(2, NOON, NOON, 0.1, 2)
    second = take(first.tokens, NOON, NOON, 0.1, 2)
    third = take(second.tokens, NOON, NOON, 0.1, 2)

    assert (first, second) == (Taken(1, NOW), Taken(0, NOW))
    assert first.granted
    assert not third.granted
    assert third.tokens == 0
    assert third.wait == timedelta(seconds=10, microseconds=1)


def test_it_fills_up_to_its_burst_only() -> None:
    assert take(0, NOON, NOON + timedelta(days=1), 20, 5) == Taken(4, NOW)


def test_a_clock_put_back_refills_nothing_and_what_was_ahead_counts_from_now() -> None:
    ahead = take(0, NOON + timedelta(days=365), NOON, 1, 1)

    assert (ahead.tokens, ahead.wait) == (0, timedelta(seconds=1, microseconds=1))
    assert take(0.5, NOON, NOON - timedelta(hours=1), 1, 1).tokens == 0.5


@given(st.floats(0, 3), st.integers(0, 10**8), rates)
def test_after_the_wait_there_is_a_token_and_not_before(
    tokens: float, passed: int, rate: float
) -> None:
    now = NOON + timedelta(microseconds=passed)
    taken = take(tokens, NOON, now, rate, 3)

    if taken.granted:
        assert 0 <= taken.tokens <= 2
        after = take(taken.tokens, now, now, rate, 3)
        assert until_next(taken.tokens, rate) == after.wait
    else:
        assert take(taken.tokens, now, now + taken.wait, rate, 3).granted
        slack = timedelta(microseconds=5, seconds=2e-6 / rate)  # a millionth of a token
        too_soon = now + taken.wait * 0.99 - slack
        assert not take(taken.tokens, now, too_soon, rate, 3).granted


@given(st.lists(st.integers(0, 20_000_000), min_size=1, max_size=60), rates, st.integers(1, 4))
def test_never_more_than_the_burst_and_the_rate(pauses: list[int], rate: float, burst: int) -> None:
    tokens, at, granted = float(burst), NOON, 0
    for pause in pauses:
        now = at + timedelta(microseconds=pause)
        taken = take(tokens, at, now, rate, burst)
        tokens, at, granted = taken.tokens, now, granted + taken.granted

    assert granted <= burst + (at - NOON).total_seconds() * rate + 0.001


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (-1, 1), (1, 0.5)])
def test_a_bucket_that_never_gives_is_refused(rate: float, burst: float) -> None:
    with pytest.raises(ValueError, match="or nothing is ever sent"):
        take(1, NOON, NOON, rate, burst)
