"""The agency in the United States: commas, m/d/Y, every spelling of a reserved 555-01xx number."""

from datetime import date, timedelta

from deploy.local.demo.table import (
    Cells,
    Country,
    Row,
    at_places,
    month_first,
    soiled,
    with_repeats,
    written,
)

NEAR = "12/8/2026"
"""The renewal that the demo shows as near; `generate.dated` moves it."""

_HEADER = (
    "Client No.",
    "Client Name",
    "Phone(s)",
    "Email Address",
    "Policy Status",
    "Renewal Date",
    "Client Since",
    "State",
)
_FIRST_NAMES = """
    Olivia Liam Emma Noah Amelia James Sophia Lucas Mia Henry Grace Daniel Chloe Samuel Ruth
    Peter Alice Marcus Nora Victor Helen Oscar Irene Felix Dora Calvin Joan Hugo Tessa
"""
_LAST_NAMES = """
    Adams Brooks Carver Dalton Ellison Fletcher Garner Holloway Ingram Jarvis Keller Lowell
    Mercer Norwood Osborne Prescott Quigley Ramsey Sutton Thatcher Underhill Vance Whitaker
    Yardley Zimmer Barlow Crane Dixon Eaton Foster Gibbs
"""
_FIRST, _LAST = _FIRST_NAMES.split(), _LAST_NAMES.split()
_AREAS = (
    ("212", "NY"),
    ("303", "CO"),
    ("305", "FL"),
    ("312", "IL"),
    ("404", "GA"),
    ("415", "CA"),
    ("512", "TX"),
    ("617", "MA"),
    ("702", "NV"),
    ("713", "TX"),
    ("206", "WA"),
)
_STATUS = ("Active", "active", "Active", "ACTIVE", "Pending", "Active", "Lapsed", "Cancelled ")
_SPELLINGS = (
    "+1{0}{1}{2}",
    "({0}) {1}-{2}",
    "{0}-{1}-{2}",
    "{0}.{1}.{2}",
    "{0}{1}{2}",
    "1-{0}-{1}-{2}",
    " {0} {1} {2} ",
    "+1 ({0}) {1} {2}",
    "tel:+1-{0}-{1}-{2}",
    "{0}-{1}-{2} x12",
)
_CUSTOMERS = 285


NAMED = (
    Row(
        "IQ-9001",
        "Jane Whitfield",
        "(512) 555-0171",
        "jane.whitfield@example.com",
        "Active",
        NEAR,
        "3/14/2016",
        "TX",
    ),
    Row(
        "IQ-9002",
        "Robert Okafor",
        "212-555-0172 / (212) 555-0182",
        "robert.okafor@example.com",
        "Active",
        "6/30/2031",
        "9/1/2024",
        "NY",
    ),
    Row(
        "IQ-9003",
        "Carmen Delgado",
        "303.555.0173",
        "carmen.delgado@example.com",
        "Lapsed",
        "1/20/2027",
        "11/5/2009",
        "CO",
    ),
)
"""Whom the demo calls as; nobody else in the file has their numbers."""

_HOUSEHOLD = (
    Row("IQ-9004", "Thomas Avery", "+14045550174", "", "Active", "2/11/2027", "5/2/2019", "GA"),
    Row("IQ-9005", "Linda Avery", "404-555-0174", "", "Active", "8/19/2029", "5/2/2019", "GA"),
)
_FOREIGN = (
    Row("IQ-9006", "Arthur Pym", "+44 20 7946 0123", "", "Active", "3/3/2028", "7/7/2020", "NY"),
    Row("IQ-9007", "Short Number", "555-0199", "", "Active", "3/3/2028", "7/7/2020", "TX"),
    Row("IQ-9008", "Acme Bakery, Inc.", "1-617-555-0175", "", "Active", "", "1/2/2018", "MA"),
    Row("IQ-9009", "=SUM(A1:A9)", "702-555-0176", "", "Pending", "4/4/2028", "", "NV"),
)
_JUNK: dict[int, Cells] = {
    0: ("", "", "", "", "", "", "", ""),
    61: ("--- Page 2 ---",),
    62: _HEADER,
    130: ("", "", "", "", "", "", "", ""),
    181: ("IQ-0171", "Cut Off"),
    260: ("exported by front desk", "", "", "", "", "", "", "", ""),
}
_TOTAL: Cells = ("TOTAL", "", "294", "", "", "", "", "")


def text() -> str:
    """The whole file."""
    rows = [soiled(i, _row(i), _COUNTRY) for i in range(_CUSTOMERS)]
    named = [row.cells() for row in (*NAMED, *_HOUSEHOLD, *_FOREIGN)]
    return written(_HEADER, [*at_places(with_repeats(rows), _JUNK), *named, _TOTAL], ",")


def _row(i: int) -> Row:
    first, last = _FIRST[i % len(_FIRST)], _LAST[(i - (i % 23 == 6)) * 7 % len(_LAST)]
    return Row(
        id=f"IQ-{i + 1:04d}",
        name=f"{first} {last}",
        phone=_spelt(i, _number(i)),
        email="" if i % 4 == 1 else f"{first}.{last}{i}@example.com".lower(),
        status=_STATUS[i * 5 % len(_STATUS)],
        renewal=month_first(date(2026, 10, 1) + timedelta(days=i * 37 % 1800)),
        since=month_first(date(2008, 1, 1) + timedelta(days=i * 97 % 6700)),
        place=_AREAS[i % len(_AREAS)][1],
    )


def _number(i: int) -> str:
    area, _ = _AREAS[i % len(_AREAS)]
    return f"+1{area}5550{100 + i // len(_AREAS)}"


def _spelt(i: int, number: str) -> str:
    return _SPELLINGS[i % len(_SPELLINGS)].format(number[2:5], number[5:8], number[8:])


_COUNTRY = Country(_number, _spelt, no_phone="n/a", no_date="TBD", no_such_date="2/30/2027")
