"""Phrases and figures of one language; how it counts follows CLDR's plural rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from babel import Locale

_HOUR = 60
_DAY = 24 * _HOUR


@dataclass(frozen=True)
class Words:
    """`nouns` has a form for each plural category of the language, `{n}` being the figure.

    What is counted stands in a sentence as an object or after a preposition: languages with
    cases need only that one.
    """

    language: str
    phrases: Mapping[str, str]
    nouns: Mapping[str, Mapping[str, str]]
    _locale: Locale = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_locale", Locale.parse(self.language))

    def say(self, phrase: str, **figures: object) -> str:
        """A phrase, filled in."""
        return self.phrases[phrase].format(**figures)

    def count(self, number: float, noun: str) -> str:
        """`1 day`, `23 days`: whole, rounded to the nearest."""
        whole = round(number)
        return self.nouns[noun][self._locale.plural_form(whole)].format(n=whole)

    def span(self, minutes: float) -> str:
        """A length of time in the largest unit that fits, rounded down."""
        if minutes < 1:
            return self.say("moment")
        if minutes < _HOUR:
            return self.count(int(minutes), "minute")
        if minutes < _DAY:
            return self.count(int(minutes // _HOUR), "hour")
        return self.count(int(minutes // _DAY), "day")

    def day(self, days: int) -> str:
        """A day seen from today: `in 23 days`, `today`, `5 days ago`."""
        if days == 0:
            return self.say("today")
        return self.say("ahead" if days > 0 else "past", days=self.count(abs(days), "day"))
