"""A whole file of consents."""

from collections.abc import Sequence

from libs.common import csvfile
from libs.common.csvfile import CsvFile, Row
from services.consent.domain.ledger.columns import Columns, recognise
from services.consent.domain.ledger.faults import Fault
from services.consent.domain.ledger.rows import Context, Reading, read_row


class Sheet(csvfile.Sheet[Columns, Reading]):
    """Lines to consents. What is to be proof is read as UTF-8 and never guessed."""

    def __init__(self, context: Context) -> None:
        super().__init__(CsvFile(context.region, encoding="utf-8"))
        self._context = context

    def recognise(self, header: Sequence[str]) -> Columns:
        """By the usual names."""
        return recognise(header)

    def read(self, row: Row, columns: Columns) -> Reading:
        """What the line says; a fault of it never holds the value."""
        if wrong := row.broken:
            return Reading(row.line, None, (Fault(row.line, wrong.code, wrong.explanation),))
        return read_row(row.line, row.cells, columns, self._context)
