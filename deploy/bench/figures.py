"""What was measured: medians with their range, ratios of paired rounds, goals. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal, Self


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile. Raises ValueError where there are no values."""
    if not values:
        raise ValueError("no values: nothing was measured")
    ordered = sorted(values)
    return ordered[max(1, math.ceil(len(ordered) * percent / 100)) - 1]


@dataclass(frozen=True)
class Spread:
    """The median of some rounds, with the lowest and the highest."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        """From one value per round. Raises ValueError where there are none."""
        if not values:
            raise ValueError("no rounds: nothing was measured")
        return cls(median(values), min(values), max(values))


@dataclass(frozen=True)
class Goal:
    """The figure to reach for a ratio."""

    how: Literal["at least", "at most"]
    ratio: float

    def reached(self, ratio: float) -> bool:
        """Whether a ratio is good enough."""
        return ratio >= self.ratio if self.how == "at least" else ratio <= self.ratio


@dataclass(frozen=True)
class Row:
    """One measure: floor and ours by rounds, in the same unit and in the same order.

    The ratio is ours to the floor of the same round, so that a disturbance meets both.
    """

    name: str
    unit: str
    floor: tuple[float, ...]
    ours: tuple[float, ...]
    goal: Goal | None = None
    note: str = ""

    @property
    def ratio(self) -> Spread:
        """Ours to the floor. Raises ValueError for rounds without a partner or a floor of 0."""
        if len(self.floor) != len(self.ours) or not all(self.floor):
            raise ValueError(f"{self.name}: each round needs a floor that is not 0")
        return Spread.of([ours / floor for ours, floor in zip(self.ours, self.floor, strict=True)])

    @property
    def reached(self) -> bool | None:
        """Whether the median of the ratios reaches the goal; None without a goal."""
        return self.goal.reached(self.ratio.middle) if self.goal else None
