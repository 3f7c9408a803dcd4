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
    total = round(fsum([scale.base, *(part.contribution for part in shown)]), 3)
    points = min(100.0, max(0.0, total))
    return Score(
        points=points, band=scale.band(points), base=float(scale.base), contributions=shown
    )


def _heaviest_first(part: Contribution) -> tuple[float, str]:
    return -abs(part.contribution), part.signal
