"""Customers to measure with: drafts as a file gives them, and files as agencies send them. Pure."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from deploy.bench.requests import reserved
from services.matcher.domain.drafts import Draft, Phone

REGION = "US"
_HEADER = (
    "Policy Number",
    "Name",
    "Email",
    "Mobile Phone",
    "Policy Status",
    "Renewal Date",
    "Language",
)
_FIRST = ("Ana", "Ben", "Carla", "Dan", "Eva", "Finn", "Gail", "Hugo", "Iris", "Jack", "Kate")
_LAST = ("Abbott", "Brooks", "Castro", "Doyle", "Ellis", "Flores", "Grant", "Hayes", "Irwin")
_STATUS = ("Active", "Lapsed", "Pending", "Cancelled")
_SPELLINGS = (
    "+1{0}{1}{2}",
    "1{0}{1}{2}",
    "{0}{1}{2}",
    "({0}) {1}-{2}",
    "{0}-{1}-{2}",
    "{0}.{1}.{2}",
    "+1 ({0}) {1}-{2}",
    "1-{0}-{1}-{2}",
)
_FOREIGN = (
    "+44 20 7946 0{0:03d}",
    "+61 491 570 {1:03d}",
    "+966 50 000 0{0:03d}",
    "+442079460{0:03d}",
)
_JUNK = ("n/a", "555-0100", "call the office", "1.20256E+10", "+1 202 555 01", "0000000000")
_NEAR = date(2026, 6, 1)


def drafts(count: int) -> list[Draft]:
    """Customers of the first reserved numbers, one each."""
    return [
        Draft(
            external_id=f"BENCH-{place}",
            name=_name(place),
            email=None,
            numbers=(_phone(number),),
            status="active",
            renewal_on=_NEAR,
            customer_since=None,
            language="en",
        )
        for place, number in enumerate(reserved()[:count])
    ]


def sheet(rows: int, series: str) -> bytes:
    """A CSV file: 86 % US numbers in eight spellings, 10 % foreign, 3 % junk, 1 % none."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_HEADER)
    for place, number in enumerate(numbers(rows)):
        renewal = _NEAR + timedelta(days=place % 365)
        writer.writerow(
            (
                f"{series}-{place:07d}",
                _name(place),
                f"{series}.{place}@example.com",
                number,
                _STATUS[place % len(_STATUS)],
                renewal.strftime("%m/%d/%Y"),
                "en",
            )
        )
    return out.getvalue().encode()


def numbers(count: int) -> Iterator[str]:
    """The telephone column of such a file."""
    known = reserved()
    for place in range(count):
        yield _spelled(place, known)


def _spelled(place: int, known: Sequence[str]) -> str:
    share = place * 37 % 100
    if share == 0:
        return ""
    if share < 4:
        return _JUNK[place % len(_JUNK)]
    if share < 14:
        return _FOREIGN[place % len(_FOREIGN)].format(place % 1000, 6 + place % 4)
    digits = known[place % len(known)].removeprefix("+1")
    return _SPELLINGS[place % len(_SPELLINGS)].format(digits[:3], digits[3:6], digits[6:])


def _name(place: int) -> str:
    return f"{_FIRST[place % len(_FIRST)]} {_LAST[place % len(_LAST)]}"


def _phone(number: str) -> Phone:
    return Phone("mobile", number, number, None, REGION, "fixed_or_mobile", True, REGION, True)
