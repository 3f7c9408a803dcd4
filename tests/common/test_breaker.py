"""The breaker: when it opens, for how long, and when it forgets."""

import pytest

from libs.common.bus.breaker import FIRST_PAUSE, LEAST, LONGEST_PAUSE, WINDOW_SECONDS, Breaker


class Time:
    """A clock that is turned by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


def count(breaker: Breaker, handled: int, parked: int) -> None:
    for _ in range(handled):
        breaker.count(parked=False)
    for _ in range(parked):
        breaker.count(parked=True)


def seconds_open(breaker: Breaker, time: Time) -> float:
    began = time.now
    while breaker.is_open():
        time.now += 0.5
    return time.now - began


@pytest.mark.parametrize(
    ("handled", "parked", "opens"),
    [
        (0, LEAST - 1, False),
        (0, LEAST, True),
        (19 * LEAST, LEAST, False),  # five in a hundred are allowed
        (19 * LEAST - 1, LEAST, True),
        (1000, 0, False),
    ],
)
def test_it_opens_at_more_than_a_twentieth(
    time: Time, handled: int, parked: int, opens: bool
) -> None:
    breaker = Breaker(time)
    count(breaker, handled, parked)
    assert breaker.is_open() is opens


def test_what_was_parked_a_minute_ago_is_forgotten(time: Time) -> None:
    breaker = Breaker(time)
    count(breaker, 0, LEAST - 1)
    time.now += WINDOW_SECONDS + 1
    count(breaker, 0, 1)
    assert not breaker.is_open()


def test_it_closes_by_itself_and_stays_open_longer_each_time(time: Time) -> None:
    breaker, pauses = Breaker(time), []
    for _ in range(7):
        count(breaker, 0, LEAST)
        pauses.append(seconds_open(breaker, time))
    assert pauses == [FIRST_PAUSE, 20, 40, 80, 160, LONGEST_PAUSE, LONGEST_PAUSE]


def test_after_a_calm_minute_it_begins_anew(time: Time) -> None:
    breaker = Breaker(time)
    for _ in range(2):
        count(breaker, 0, LEAST)
        seconds_open(breaker, time)
    time.now += WINDOW_SECONDS
    count(breaker, 0, LEAST)
    assert seconds_open(breaker, time) == FIRST_PAUSE


def test_lanes_that_end_while_it_is_open_do_not_prolong_it(time: Time) -> None:
    breaker = Breaker(time)
    count(breaker, 0, 10 * LEAST)
    assert seconds_open(breaker, time) == FIRST_PAUSE
