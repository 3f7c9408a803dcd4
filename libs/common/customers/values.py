"""One field of a customer, from text to value, or what is wrong with the text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from libs.common.customers import dates, terms
from libs.common.phone import NotANumber, Number, parse, split

EMPTY: Final = frozenset(
    ("", "-", "--", "n/a", "#n/a", "#ref!", "#value!", "null", "none", "nil", "0")
)
# None and Null are people's names.
EMPTY_NAME: Final = frozenset(("", "-", "--", "n/a", "#n/a"))
LONGEST: Final = 200

_GUARD = re.compile(r"""^(?:=\s*"(.*)"|'(.*))$""")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_EMAIL = re.compile(r"[^@\s,;<>\"']+@[^@\s,;<>\"']+\.[^@\s,;<>\"'.]{2,}")
_SCIENTIFIC = re.compile(r"\d[.,]\d+e\+\d+", re.IGNORECASE)
_FLOAT = re.compile(r"(\d+)\.0")

_ADVICE: Final = {
    "id_lost": "The spreadsheet shortened this id and its digits are lost. Format the column as "
    "text and export the file again.",
    "email": "This is no e-mail address. Correct it or leave the cell empty.",
    "language": "This language is not known. Write a code such as ar or en.",
}


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a text is no such value. `explanation` says what to do and never holds the text."""

    code: str
    explanation: str


def tidy(cell: str) -> str:
    """A text without spreadsheet guards and control characters, cut at `LONGEST` characters."""
    text = cell.strip()
    if text.startswith(("=", "'")) and (guard := _GUARD.match(text)):
        text = guard[1] or guard[2] or ""
    if not text.isprintable():
        text = _CONTROL.sub(" ", text)
    return " ".join(text.split())[:LONGEST]


def external_id(text: str, _: str | None = None) -> str | Unfit:
    """An id of the agency's own."""
    if _SCIENTIFIC.fullmatch(text):
        return Unfit("id_lost", _ADVICE["id_lost"])
    whole = _FLOAT.fullmatch(text)
    return whole[1] if whole else text


def email(text: str, _: str | None = None) -> str | Unfit:
    """An address in lower case."""
    return text.lower() if _EMAIL.fullmatch(text) else Unfit("email", _ADVICE["email"])


def day(text: str, region: str | None) -> date | Unfit:
    """A date, as the region writes it."""
    found = dates.read_date(text, region)
    return Unfit(found.code, found.explanation) if isinstance(found, dates.NotADate) else found


def language(text: str, _: str | None = None) -> str | Unfit:
    """The ISO 639-1 code."""
    return terms.language(text) or Unfit("language", _ADVICE["language"])


def numbers(cell: str, region: str | None) -> Iterator[Number | NotANumber]:
    """Each telephone number of a cell that may hold several."""
    whole = parse(cell, region)
    if isinstance(whole, Number) or whole.code != "several":
        yield whole
        return
    for part in split(cell):
        yield parse(part, region)
