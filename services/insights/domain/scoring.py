"""Scores as sums of visible contributions."""

from math import fsum

from libs.common.events.insights import Contribution, Score
from services.insights.domain.finding import Findings
from services.insights.domain.scorecard import Scale


def score(scale: Scale, findings: Findings) -> Score:
    """`clamp(base + contributions, 0, 100)`.

    A finding without weight on this call is left out, as it changes nothing; the rest is
    listed heaviest first. The listed figures add up to the points exactly.
    """
    parts = [finding.contribution(signal) for signal, finding in findings.items()]
    shown = tuple(sorted((part for part in parts if part.contribution), key=_heaviest_first))
    return summed(scale, float(scale.base), shown)


def summed(scale: Scale, base: float, parts: tuple[Contribution, ...]) -> Score:
    """The score that these contributions make, in this order."""
    total = round(fsum([base, *(part.contribution for part in parts)]), 3)
    points = min(100.0, max(0.0, total))
    return Score(points=points, band=scale.band(points), base=base, contributions=parts)


def _heaviest_first(part: Contribution) -> tuple[float, str]:
    return -abs(part.contribution), part.signal
