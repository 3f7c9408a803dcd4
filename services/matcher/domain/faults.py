"""What is wrong with a line of a file, in words that say what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# A cell that begins with one of these is a formula to a spreadsheet (OWASP, "CSV Injection").
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

_HEADLINES: Final = {
    "digits_lost": "Numbers that the spreadsheet shortened: {n}. Format the column as text and "
    "export again.",
    "not_valid": "Numbers that do not exist in their country: {n}. Check the country of the file.",
    "no_region": "Numbers without a country: {n}. Add a country column, or write them with +.",
    "columns": "Lines with more or fewer cells than the header: {n}. Check the quotation marks.",
    "encoding": "Lines with broken characters: {n}. Save the file as CSV UTF-8 and upload it.",
    "suppressed": "Lines about people who were erased at their request: {n}. Leave them out, or "
    "say with renewed_basis on what new basis you keep them.",
}

SUPPRESSED: Final = (
    "This person was erased at their request. Leave them out, or say with renewed_basis on what "
    "new basis you keep them."
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in one line. `value` is as given and personal; the rest is not.

    `line` counts the file's lines from 1, the header among them.
    """

    line: int
    column: str | None
    value: str
    code: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Whose:
    """Whom a fault is about: the numbers (E.164) in it and in its line, and the customer's id."""

    numbers: frozenset[str]
    customer: str | None


def suppressed(line: int) -> Fault:
    """A line about somebody who was erased; nothing of it is kept."""
    return Fault(line, None, "", "suppressed", SUPPRESSED)


def guarded(cell: str) -> str:
    """A cell for a report that people open in a spreadsheet: never a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def headlines(counts: Mapping[str, int]) -> tuple[str, ...]:
    """One sentence for each kind of fault that has one remedy for the whole file."""
    return tuple(_HEADLINES[code].format(n=n) for code, n in counts.items() if code in _HEADLINES)
