"""Medians, percentiles and ratios of the benchmarks."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.bench.figures import Goal, Row, Spread, percentile

VALUES = st.lists(st.floats(0.001, 1e9), min_size=1, max_size=50)


@pytest.mark.parametrize(
    ("values", "percent", "found"),
    [
        ([7.0], 99, 7.0),
        ([3.0, 1.0, 2.0], 50, 2.0),
        (range(1, 101), 99, 99),
        (range(1, 101), 100, 100),
        (range(1, 201), 99, 198),
        ([1.0, 2.0], 0, 1.0),
    ],
)
def test_a_percentile_is_a_value_that_was_seen(
    values: list[float], percent: float, found: float
) -> None:
    assert percentile(values, percent) == found


@given(VALUES, st.floats(0.1, 100))
def test_that_share_of_the_values_is_not_above_the_percentile(
    values: list[float], percent: float
) -> None:
    found = percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) >= len(values) * percent / 100 - 1e-9
    assert sum(value < found for value in values) < max(1, math.ceil(len(values) * percent / 100))


@given(VALUES)
def test_a_spread_holds_its_values(values: list[float]) -> None:
    spread = Spread.of(values)
    assert spread.low == min(values)
    assert spread.high == max(values)
    assert spread.low <= spread.middle <= spread.high


def test_nothing_measured_is_no_figure() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 50)
    with pytest.raises(ValueError, match="nothing was measured"):
        Spread.of([])


def test_a_ratio_is_taken_round_by_round() -> None:
    """The second round was disturbed as a whole: its ratio is that of the others."""
    row = Row("a", "requests/s", floor=(100.0, 10.0, 100.0), ours=(60.0, 6.0, 50.0))
    assert row.ratio == Spread(0.6, 0.5, 0.6)
    assert row.reached is None


@pytest.mark.parametrize(("floor", "ours"), [((1.0, 2.0), (1.0,)), ((1.0, 0.0), (1.0, 1.0))])
def test_a_round_without_a_floor_has_no_ratio(
    floor: tuple[float, ...], ours: tuple[float, ...]
) -> None:
    with pytest.raises(ValueError, match="needs a floor"):
        _ = Row("a", "ms", floor, ours).ratio


def test_a_goal_has_a_direction() -> None:
    faster, slower = Goal("at least", 0.6), Goal("at most", 3)
    assert (faster.reached(0.6), faster.reached(0.59)) == (True, False)
    assert (slower.reached(3), slower.reached(3.01)) == (True, False)
    assert Row("a", "ms", (10.0,), (31.0,), slower).reached is False
    assert Row("a", "ms", (10.0,), (29.0,), slower).reached is True
