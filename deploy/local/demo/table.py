"""What the two demo files share: a row, the dirt that goes into rows, and how they are written."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date
from io import StringIO

Cells = Sequence[str]


@dataclass(frozen=True)
class Row:
    """One customer as the file shows it."""

    id: str
    name: str
    phone: str
    email: str
    status: str
    renewal: str
    since: str
    place: str

    def cells(self) -> Cells:
        """The cells in the order of the header."""
        return astuple(self)


@dataclass(frozen=True)
class Country:
    """How a file's numbers are made and spelt.

    `number(i)` is the i-th customer's in E.164; `spell(i, number)` is one of many spellings.
    """

    number: Callable[[int], str]
    spell: Callable[[int, str], str]
    no_phone: str
    no_date: str
    no_such_date: str


def soiled(i: int, row: Row, country: Country) -> Row:
    """The row with the dirt that falls on the i-th, if any."""
    digits = country.number(i)[1:]
    second = country.spell(i + 1, country.number(i + 400))
    changes = (
        (i % 23 == 6, {"phone": country.spell(i, country.number(i - 1))}),  # a household
        (i % 29 == 3, {"phone": f"{row.phone.strip()} / {second.strip()}"}),
        (i % 31 == 8, {"phone": f'="+{digits}"'}),
        (i % 37 == 5, {"id": ""}),
        (i % 41 == 7, {"phone": f"{int(digits):.5E}"}),
        (i % 53 == 11, {"phone": f"{digits}.0"}),
        (i % 59 == 9, {"phone": country.no_phone}),
        (i % 67 == 13, {"renewal": country.no_date}),
        (i % 71 == 14, {"renewal": country.no_such_date}),
        (i % 73 == 15, {"phone": f"{row.phone.strip()}\n{second.strip()}"}),
        (i % 79 == 16, {"name": f"  {row.name.replace(' ', '  ')} "}),
        (i % 83 == 17, {"email": "x"}),
    )
    for applies, change in changes:
        if applies:
            row = replace(row, **change)
    return row


def with_repeats(rows: Sequence[Row]) -> list[Cells]:
    """Some rows come twice, and one customer comes again with another status."""
    cells = [row.cells() for row in rows]
    for at, of in ((240, 11), (200, 87), (150, 42), (90, 19)):
        cells.insert(at, cells[of])
    cells.append(replace(rows[25], status=rows[24].status, renewal=rows[24].renewal).cells())
    return cells


def at_places(cells: list[Cells], junk: dict[int, Cells]) -> list[Cells]:
    """Rows that are no customers, put in at their line."""
    for line in sorted(junk):
        cells.insert(line, junk[line])
    return cells


def written(header: Cells, rows: Iterable[Cells], delimiter: str) -> str:
    """The text of the file, with the line ends of a spreadsheet."""
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([header, *rows])
    return out.getvalue()


def month_first(day: date) -> str:
    """m/d/Y without leading zeros."""
    return f"{day.month}/{day.day}/{day.year}"


def day_first(day: date) -> str:
    """d/m/Y."""
    return f"{day:%d/%m/%Y}"
