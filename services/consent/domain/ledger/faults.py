"""What is wrong with a line of a file, or with a whole file, in words that say what to do."""

from dataclasses import dataclass
from typing import Final, Literal

Code = Literal[
    "columns",
    "encoding",
    "line_too_long",
    "quote_open",
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
    "columns": "This line has more or fewer cells than the header. Look for a missing or stray "
    "quotation mark or delimiter.",
    "encoding": "The characters here are broken. Save the file as CSV UTF-8 and send it again.",
    "line_too_long": "This line is too long. Shorten it, or look for a stray quotation mark.",
    "quote_open": "This line opens a quotation mark that is never closed. Close or remove it.",
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


class Unreadable(ValueError):
    """The file as a whole cannot be read. `explanation` says what to do."""

    def __init__(self, code: str, explanation: str) -> None:
        super().__init__(code)
        self.code = code
        self.explanation = explanation
