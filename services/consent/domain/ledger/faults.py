"""What is wrong with a line of a file, in words that say what to do."""

from dataclasses import dataclass
from typing import Final, Literal

Code = Literal[
    "consent",
    "no_date",
    "not_a_date",
    "future",
    "counts_now",
    "collected_directly",
    "purpose",
    "channel",
    "wording",
]

_ADVICE: Final[dict[Code, str]] = {
    "consent": "This says neither yes nor no. Write yes where the person agreed, no where they "
    "refused.",
    "no_date": "When the person agreed is missing, and without it the consent is no proof. Give "
    "consent_at as year-month-day.",
    "not_a_date": "This is no date. Write it as year-month-day, for example 2026-03-31, or with a "
    "time as 2026-03-31T14:30.",
    "future": "This date is still to come. Give the day on which the person agreed or refused.",
    "counts_now": "This refusal is written down as of now, since its date cannot be used. Nothing "
    "is lost; a correct date says from when on it held.",
    "collected_directly": "Write yes where the person gave this to you, no where you have it from "
    "somebody else.",
    "purpose": "This purpose is not known. Write marketing, service or profiling.",
    "channel": "This channel is not known. Write sms or voice.",
    "wording": "The version of the wording is too long. Write at most 100 characters.",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in one line; it never holds the value.

    `line` counts the file's lines from 1, the header among them.
    """

    line: int
    code: str
    explanation: str

    @classmethod
    def of(cls, line: int, code: Code) -> "Fault":
        """With the advice for its code."""
        return cls(line, code, _ADVICE[code])
