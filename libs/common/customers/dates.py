"""Dates as spreadsheets write them. An ambiguous 3/4 is read as the region reads it."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from libs.common.phone.spelling import western

Fault = Literal["not_a_date", "hijri_date", "serial_date"]

MONTH_FIRST: Final = frozenset(("US", "PR", "GU", "VI", "AS", "MP", "UM", "PH", "FM", "MH", "PW"))
"""Regions that write month/day/year (CLDR short dates)."""

_ADVICE: Final[dict[Fault, str]] = {
    "not_a_date": "This is no date. Write it as year-month-day, for example 2026-03-31.",
    "hijri_date": "This looks like a Hijri date. Give the Gregorian date as year-month-day.",
    "serial_date": "This is a spreadsheet's count of days. Format the column as a date and export "
    "again.",
}

_MONTHS: Final = {
    name: number + 1
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    )
}
_TIME = re.compile(r"[T\s]+\d{1,2}:\d{2}.*$")
_ERA = re.compile(r"\s*(?:م|ad|ce)\.?$", re.IGNORECASE)
_HIJRI = re.compile(r"\s*(?:\u0647\u0640?|ah)\.?$", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.]?)(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})")
_DAY_NAMED = re.compile(r"(\d{1,2})[-/. ]([a-z]{3})[a-z]*\.?,?[-/. ](\d{4}|\d{2})", re.IGNORECASE)
_NAMED_DAY = re.compile(r"([a-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})", re.IGNORECASE)
_SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class NotADate:
    """Why a cell is no date. `explanation` says what to do and never holds the value."""

    code: Fault

    @property
    def explanation(self) -> str:
        """What to do about it."""
        return _ADVICE[self.code]


@lru_cache(4096)
def read_date(cell: str, region: str | None) -> date | NotADate:
    """Reads ISO dates, m/d/y or d/m/y by region, and English month names; drops a time."""
    text = _ERA.sub("", _TIME.sub("", western(cell).strip()))
    if _HIJRI.search(text):
        return NotADate("hijri_date")
    if _SERIAL.fullmatch(text):
        return NotADate("serial_date")
    parts = _parts(text, region)
    if parts and 1300 <= parts[0] < 1500:
        return NotADate("hijri_date")
    try:
        return date(*parts) if parts and 1900 <= parts[0] < 2200 else NotADate("not_a_date")
    except ValueError:
        return NotADate("not_a_date")


def _parts(text: str, region: str | None) -> tuple[int, int, int] | None:
    """Year, month, day."""
    if found := _YEAR_FIRST.fullmatch(text):
        return int(found[1]), int(found[3]), int(found[4])
    if found := _YEAR_LAST.fullmatch(text):
        return _ordered(int(found[1]), int(found[3]), _year(found[4]), region)
    if found := _DAY_NAMED.fullmatch(text):
        return _year(found[3]), _MONTHS.get(found[2].lower(), 0), int(found[1])
    if found := _NAMED_DAY.fullmatch(text):
        return int(found[3]), _MONTHS.get(found[1].lower(), 0), int(found[2])
    return None


def _ordered(first: int, second: int, year: int, region: str | None) -> tuple[int, int, int]:
    month, day = (first, second) if region in MONTH_FIRST else (second, first)
    # Only one reading can be right where one of the two is no month.
    return (year, day, month) if month > 12 else (year, month, day)


def _year(text: str) -> int:
    """POSIX's rule for two digits: 69 to 99 are of the last century."""
    year = int(text)
    if len(text) == 4:
        return year
    return year + (1900 if year >= 69 else 2000)
