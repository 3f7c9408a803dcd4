"""One line of a file to what it says of a person's consent, or to what is wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, TypeVar
from zoneinfo import ZoneInfo

from libs.common.phone import NotANumber, parse
from services.consent.domain.ledger.columns import Column, Columns
from services.consent.domain.ledger.dates import When, is_to_come, read_when
from services.consent.domain.ledger.faults import Code, Fault
from services.consent.domain.ledger.record import CHANNELS, PURPOSES, Channel, Purpose

BOUGHT: Final = "list"
"""A source of which the agency has not got the consent itself."""

_ANSWERS: Final = {
    **dict.fromkeys(("yes", "true", "1", "نعم"), True),
    **dict.fromkeys(("no", "false", "0", "لا"), False),
}
_LONGEST_WORDING: Final = 100

W = TypeVar("W", bound=str)


@dataclass(frozen=True, slots=True)
class Context:
    """What holds for every line: the agency's region and time zone, and the time."""

    region: str
    zone: ZoneInfo
    now: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says. `e164` is personal. `when` is None for a refusal without a usable date."""

    e164: str
    granted: bool
    purpose: Purpose
    channel: Channel
    when: When | None
    collected_directly: bool
    wording: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A line read: what it says, or why it is rejected. A refusal may have a fault and count."""

    line: int
    said: Said | None
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class _Cells:
    """The cells of one line by column, and what is found wrong with them."""

    line: int
    cells: Sequence[str]
    columns: Columns
    faults: list[Fault] = field(default_factory=list)

    def text(self, column: Column) -> str:
        index = self.columns.get(column)
        return "" if index is None else self.cells[index].strip()

    def wrong(self, code: Code) -> None:
        self.faults.append(Fault.of(self.line, code))


def read_row(line: int, cells: Sequence[str], columns: Columns, context: Context) -> Reading:
    """Reads a line that has as many cells as the header.

    Any fault rejects it, but for the date of a refusal: no slip of the pen makes it unsaid.
    """
    row = _Cells(line, cells, columns)
    e164, granted = _number(row, context.region), _answer(row)
    when, doubt = _when(row, granted, context)
    said = Said(
        e164=e164,
        granted=granted,
        purpose=_word(row, "purpose", PURPOSES),
        channel=_word(row, "channel", CHANNELS),
        when=None if doubt else when,
        collected_directly=_directly(row),
        wording=_wording(row),
    )
    if doubt and not granted and not row.faults:
        return Reading(line, said, (Fault.of(line, "counts_now"),))
    if doubt:
        row.wrong(doubt)
    return Reading(line, None if row.faults else said, tuple(row.faults))


def _number(row: _Cells, region: str) -> str:
    found = parse(row.text("number"), region)
    if isinstance(found, NotANumber):
        row.faults.append(Fault(row.line, found.code, found.explanation))
        return ""
    return found.e164


def _answer(row: _Cells) -> bool:
    found = _ANSWERS.get(row.text("consent").casefold())
    if found is None:
        row.wrong("consent")
    return found or False


def _directly(row: _Cells) -> bool:
    text = row.text("collected_directly").casefold()
    found = _ANSWERS.get(text) if text else row.text("source").casefold() != BOUGHT
    if found is None:
        row.wrong("collected_directly")
    return found or False


def _word(row: _Cells, column: Literal["purpose", "channel"], known: tuple[W, ...]) -> W:
    """One of the known words; the first of them where the line says nothing."""
    text = row.text(column).casefold() or known[0]
    for word in known:
        if word == text:
            return word
    row.wrong(column)
    return known[0]


def _when(row: _Cells, granted: bool, context: Context) -> tuple[When | None, Code | None]:
    """The date, and what is wrong with it."""
    text = row.text("consent_at")
    if not text:
        return None, "no_date" if granted else None
    when = read_when(text, context.zone)
    if when is None:
        return None, "not_a_date"
    return when, "future" if is_to_come(when.earliest, context.now) else None


def _wording(row: _Cells) -> str | None:
    text = row.text("wording")
    if len(text) > _LONGEST_WORDING:
        row.wrong("wording")
    return text or None
