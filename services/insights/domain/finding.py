"""What a signal found on one call, ready to be shown and added up."""

from dataclasses import dataclass
from datetime import date

from libs.common.events.insights import Contribution, Line
from services.insights.domain.features import Features
from services.insights.domain.record import CallRecord
from services.insights.domain.shapes import Flag, Levels
from services.insights.domain.wording import Words

_DECIMALS = 3
"""Of an intensity. With whole weights, contributions have no more, so that sums are exact."""


@dataclass(frozen=True)
class Case:
    """What the signals look at, and the words of who reads what they find.

    `today` is the day from which days are counted.
    """

    record: CallRecord
    features: Features
    today: date
    words: Words

    @property
    def unknown_caller(self) -> bool:
        """Whether the matcher says that nobody has this number. Not said before it answers."""
        return self.record.match is not None and self.record.match.outcome == "unknown"


@dataclass(frozen=True)
class Finding:
    """One signal's answer. An intensity of 0 says something, but weighs nothing."""

    weight: int
    value: str
    intensity: float
    sentence: str

    def contribution(self, signal: str) -> Contribution:
        """The visible part of a score."""
        intensity = round(self.intensity, _DECIMALS)
        return Contribution(
            signal=signal,
            value=self.value,
            weight=self.weight,
            intensity=intensity,
            contribution=round(self.weight * intensity, _DECIMALS),
            sentence=self.sentence,
        )

    def line(self, code: str) -> Line:
        """A line of the card: what raises a score is a warning, what lowers it is good."""
        tone = "warning" if self.intensity > 0 else "good" if self.intensity < 0 else "info"
        return Line(code=code, tone=tone, sentence=self.sentence)


Findings = dict[str, Finding]
"""By signal."""


def at_level(
    case: Case, signal: Levels, level: str | None, value: str, **figures: str
) -> Finding | None:
    """What the scorecard says of a level; None where it does not know it."""
    if level is None or level not in signal.levels:
        return None
    sentence = signal.told(case.words.language)[level].format(**figures)
    return Finding(signal.weight, value, signal.levels[level], sentence)


def at_intensity(case: Case, signal: Flag, intensity: float, value: str, **figures: str) -> Finding:
    """What the scorecard says at an intensity."""
    sentence = signal.told(case.words.language).format(**figures)
    return Finding(signal.weight, value, intensity, sentence)


def only_found(findings: dict[str, Finding | None]) -> Findings:
    """Leaves out the signals that have nothing to say."""
    return {signal: finding for signal, finding in findings.items() if finding}
