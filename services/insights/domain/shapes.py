"""The shapes that a signal can have: how a figure becomes an intensity."""

from abc import ABC, abstractmethod
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Points = Annotated[int, Field(ge=0, le=100)]
Intensity = Annotated[float, Field(ge=-1, le=1)]


class Part(BaseModel):
    """Part of a scorecard: frozen, and strict about unknown fields and types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Signal(Part, ABC):
    """What every signal has: its weight in points, and where its figures are from."""

    weight: Points
    source: str = Field(min_length=1)

    @abstractmethod
    def templates(self) -> tuple[str, ...]:
        """The sentences as written, in every language, for checking."""


class Levels(Signal):
    """An intensity and a sentence per word; `prefixes` lead from a number prefix to a word.

    `translations` has the sentences again by language (BCP 47, without a region).
    """

    levels: dict[str, Intensity] = Field(min_length=1)
    sentences: dict[str, str]
    translations: dict[str, dict[str, str]] = {}
    prefixes: dict[str, str] = {}

    @model_validator(mode="after")
    def _complete(self) -> Self:
        odd = self.levels.keys() ^ self.sentences.keys()
        for sentences in self.translations.values():
            odd |= self.levels.keys() ^ sentences.keys()
        odd |= set(self.prefixes.values()) - self.levels.keys()
        if odd:
            raise ValueError(f"give an intensity and a sentence for each of {sorted(odd)}")
        return self

    def templates(self) -> tuple[str, ...]:
        """One per level."""
        languages = (self.sentences, *self.translations.values())
        return tuple(sentence for told in languages for sentence in told.values())

    def told(self, language: str) -> dict[str, str]:
        """The sentences in this language, else as the scorecard has them."""
        return self.translations.get(language, self.sentences)


class Flag(Signal):
    """There or not: the intensity is 1 where it is there. `translations` as for levels."""

    sentence: str
    translations: dict[str, str] = {}

    def templates(self) -> tuple[str, ...]:
        """The one."""
        return (self.sentence, *self.translations.values())

    def told(self, language: str) -> str:
        """The sentence in this language, else as the scorecard has it."""
        return self.translations.get(language, self.sentence)


class Ramp(Flag):
    """The intensity climbs from 0 at `start` to 1 at `full`."""

    start: float
    full: float

    @model_validator(mode="after")
    def _climbs(self) -> Self:
        if self.full <= self.start:
            raise ValueError("full must be above start")
        return self

    def intensity(self, figure: float) -> float:
        """A part of 1, from 0 to 1."""
        return min(1.0, max(0.0, (figure - self.start) / (self.full - self.start)))


class Steps(Flag):
    """The intensity from each count on; below the first count it is 0."""

    steps: dict[int, Intensity] = Field(min_length=1)

    def intensity(self, count: int) -> float:
        """That of the highest step reached."""
        reached = [step for step in self.steps if step <= count]
        return self.steps[max(reached)] if reached else 0.0


class Horizon(Flag):
    """Grows as a day comes near: 0 at `days` ahead, 1 on the day and `grace_days` after it."""

    days: int = Field(gt=0)
    grace_days: int = Field(ge=0)

    def intensity(self, days: int) -> float:
        """For so many days ahead; negative days are past."""
        if not -self.grace_days <= days <= self.days:
            return 0.0
        return 1 - max(0, days) / self.days
