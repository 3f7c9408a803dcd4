"""The cells of one line by field, and what is found wrong with them."""

from collections.abc import Sequence
from typing import Final

from libs.common.customers.values import EMPTY, EMPTY_NAME, LONGEST, tidy
from services.matcher.domain.faults import Fault
from services.matcher.domain.headers import Columns, Field

_NAMES: Final = frozenset(("name", "first_name", "last_name"))


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
        text = tidy(self._cells[index])
        return None if text.lower() in (EMPTY_NAME if field in _NAMES else EMPTY) else text

    def phone(self, index: int) -> str | None:
        """A cell of telephone numbers as given; None where it means nothing."""
        cell = self._cells[index].strip()
        return None if cell.lower() in EMPTY else cell

    def wrong(self, field: Field, code: str, explanation: str) -> None:
        """Notes what is wrong with a field."""
        self.wrong_at(self.columns.at[field], code, explanation)

    def wrong_at(self, index: int, code: str, explanation: str) -> None:
        """Notes what is wrong with a cell."""
        column, value = self.columns.header[index], self._cells[index][:LONGEST]
        self.faults.append(Fault(self.number, column, value, code, explanation))
