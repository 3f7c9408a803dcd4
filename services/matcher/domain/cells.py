"""The cells of one line by field, and what is found wrong with them."""

import re
from collections.abc import Sequence
from typing import Final

from services.matcher.domain.faults import Fault
from services.matcher.domain.headers import Columns, Field

_EMPTY: Final = frozenset(
    ("", "-", "--", "n/a", "#n/a", "#ref!", "#value!", "null", "none", "nil", "0")
)
# None and Null are people's names.
_EMPTY_NAME: Final = frozenset(("", "-", "--", "n/a", "#n/a"))
_NAMES: Final = frozenset(("name", "first_name", "last_name"))
_GUARD = re.compile(r"""^(?:=\s*"(.*)"|'(.*))$""")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_LONGEST: Final = 200


class Line:
    """One line of a file, as many cells as the header has. Values are cut at 200 characters."""

    def __init__(self, number: int, cells: Sequence[str], columns: Columns) -> None:
        self.number = number
        self.columns = columns
        self.faults: list[Fault] = []
        self._cells = cells

    def text(self, field: Field) -> str | None:
        """A field without spreadsheet guards; None where it is missing or means nothing."""
        index = self.columns.at.get(field)
        if index is None:
            return None
        text = _tidy(self._cells[index])
        return None if text.lower() in (_EMPTY_NAME if field in _NAMES else _EMPTY) else text

    def phone(self, index: int) -> str | None:
        """A cell of telephone numbers as given; None where it means nothing."""
        cell = self._cells[index].strip()
        return None if cell.lower() in _EMPTY else cell

    def wrong(self, field: Field, code: str, explanation: str) -> None:
        """Notes what is wrong with a field."""
        self.wrong_at(self.columns.at[field], code, explanation)

    def wrong_at(self, index: int, code: str, explanation: str) -> None:
        """Notes what is wrong with a cell."""
        column, value = self.columns.header[index], self._cells[index][:_LONGEST]
        self.faults.append(Fault(self.number, column, value, code, explanation))


def _tidy(cell: str) -> str:
    text = cell.strip()
    if text.startswith(("=", "'")) and (guard := _GUARD.match(text)):
        text = guard[1] or guard[2] or ""
    if not text.isprintable():
        text = _CONTROL.sub(" ", text)
    return " ".join(text.split())[:_LONGEST]
