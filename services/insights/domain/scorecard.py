"""The scorecard: everything about the scores that can be tuned, as data with a version.

A scorecard is shipped as YAML. Its weights are whole points, so that contributions, which
have three decimals, add up to the score exactly.
"""

from string import Formatter
from typing import Annotated, Self

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from services.insights.domain.shapes import Flag, Horizon, Levels, Part, Points, Ramp, Steps

Positive = Annotated[float, Field(gt=0)]

WORDS: dict[str, frozenset[str]] = {
    "callback_trap": frozenset({"area"}),
    "velocity": frozenset({"calls"}),
    "repeat": frozenset({"contacts", "window"}),
    "renewal": frozenset({"when"}),
    "missed": frozenset({"missed", "calls", "window"}),
    "silence": frozenset({"silence", "usual"}),
}
"""The figures that a signal offers to its sentence; a signal not named here offers none."""


class BadScorecard(ValueError):
    """A scorecard that cannot be used; the message says where and what to do."""


class Signals(Part):
    """The signals of one score, by name."""

    @model_validator(mode="after")
    def _speakable(self) -> Self:
        for name in type(self).model_fields:
            for template in getattr(self, name).templates():
                _check(name, template)
        return self


class RiskSignals(Signals):
    """What may speak against trusting a call."""

    attestation: Levels
    line_type: Levels
    callback_trap: Levels
    velocity: Ramp
    neighbour: Flag
    screening: Levels
    withheld: Flag

    @model_validator(mode="after")
    def _has_what_the_code_names(self) -> Self:
        if "absent" not in self.attestation.levels:
            raise ValueError("attestation: give the level absent; 0 says that it is no evidence")
        if "missed_before" not in self.callback_trap.levels:
            raise ValueError("callback_trap: give the level missed_before")
        return self


class RetentionSignals(Signals):
    """What may mean that a customer is about to leave."""

    repeat: Steps
    renewal: Horizon
    missed: Ramp
    status: Levels
    silence: Ramp


class Scale(Part):
    """The base of a score, and its bands: name to the points from which it holds."""

    base: Points
    bands: dict[str, Points]

    @field_validator("bands")
    @classmethod
    def _ascending(cls, bands: dict[str, int]) -> dict[str, int]:
        bounds = list(bands.values())
        if not bounds or bounds[0] != 0 or bounds != sorted(set(bounds)):
            raise ValueError("the first band starts at 0, each further one above the last")
        return bands

    def band(self, points: float) -> str:
        """The band that so many points fall into."""
        return [name for name, start in self.bands.items() if points >= start][-1]


class Risk(Scale):
    """The risk score."""

    signals: RiskSignals


class Retention(Scale):
    """The retention score."""

    signals: RetentionSignals


class Lookback(Part):
    """How far the features look back."""

    history_days: Positive
    repeat_days: Positive
    continued_minutes: Positive
    burst_minutes: Positive
    velocity_half_life_minutes: Positive
    usual_gap_from: int = Field(ge=1)


class Scorecard(Part):
    """A whole scorecard."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    version: int = Field(ge=1)
    lookback: Lookback
    risk: Risk
    retention: Retention

    @property
    def model(self) -> str:
        """Its name and version, as a card carries it."""
        return f"{self.id}@{self.version}"


def parse(text: str) -> Scorecard:
    """Reads a scorecard from YAML. Raises BadScorecard, which names each wrong field."""
    try:
        return Scorecard.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise BadScorecard(f"the scorecard is no YAML: {error}") from None
    except ValidationError as error:
        raise BadScorecard("the scorecard cannot be used: " + _faults(error)) from None


def _faults(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'it'}: {e['msg']}" for e in error.errors())


def _check(signal: str, template: str) -> None:
    allowed = WORDS.get(signal, frozenset())
    try:
        used = {field for _, field, _, _ in Formatter().parse(template) if field is not None}
        if used <= allowed:
            template.format(**dict.fromkeys(allowed, ""))
    except ValueError as error:
        raise ValueError(f"the sentence of {signal} cannot be filled in: {error}") from None
    if used - allowed:
        raise ValueError(
            f"the sentence of {signal} uses {sorted(used - allowed)}; it may use {sorted(allowed)}"
        )
