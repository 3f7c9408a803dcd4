"""Rows as tables: nested values in columns of their own, lists in one cell."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.consent.domain.rights.package.material import Row

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a cell a formula to a spreadsheet, also in the wide letters of East Asian keyboards
(OWASP, "CSV Injection")."""


def flat(row: Row) -> dict[str, str]:
    """One row of cells: `risk.points` for what is inside."""
    cells: dict[str, str] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            cells |= {f"{name}.{inner}": cell for inner, cell in flat(value).items()}
        else:
            cells[name] = cell(value)
    return cells


def cell(value: Any) -> str:
    """One value as text; of a list, one after the other."""
    if isinstance(value, list):
        return "; ".join(cell(one) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {cell(one)}" for name, one in value.items())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def columns(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """All that occur, in the order in which they do."""
    return list({name: None for row in rows for name in row})


def sheet(rows: Sequence[Row]) -> bytes:
    """A CSV file (RFC 4180) with a byte order mark, for spreadsheets that guess; no cell of it is
    a formula."""
    cells = [flat(row) for row in rows]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    names = columns(cells)
    writer.writerow(map(guarded, names))
    writer.writerows([guarded(row.get(name, "")) for name in names] for row in cells)
    return out.getvalue().encode("utf-8-sig")


def guarded(text: str) -> str:
    """A cell that no spreadsheet computes."""
    return f"'{text}" if text.startswith(_FORMULA) else text
