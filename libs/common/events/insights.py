"""The explained card for one call."""

from typing import Annotated, ClassVar

from pydantic import AwareDatetime

from libs.common.events.base import Event, Fact
from libs.common.events.personal import SHOW, Personal

Sentence = Annotated[str, Personal("behaviour", SHOW)]


class Contribution(Fact):
    """One visible part of a score: `contribution = weight * intensity`, in points."""

    signal: str
    value: Sentence
    weight: float
    intensity: float
    contribution: float
    sentence: Sentence


class Score(Fact):
    """`points` from 0 to 100: the base and the contributions, added up and clamped."""

    points: float
    band: str
    base: float
    contributions: tuple[Contribution, ...]


class Line(Fact):
    """One thing to know, in plain words; `tone` is info, good or warning."""

    code: str
    tone: str
    sentence: Sentence


class InsightProduced(Event):
    """The card. `version` 1 comes at the ring, the next with the match; the highest counts.

    `insight_id` follows from the session. `model` names the scorecard and its version,
    `as_of` the moment it looks back from, `inputs` the ids of what it was made from.
    """

    TYPE: ClassVar[str] = "insight.produced"
    TOPIC: ClassVar[str] = "insights.v1"

    insight_id: str
    session_id: str
    version: int
    model: str
    as_of: AwareDatetime
    risk: Score
    retention: Score
    lines: tuple[Line, ...]
    inputs: tuple[str, ...]

    def about(self) -> str:
        """The call session."""
        return self.session_id
