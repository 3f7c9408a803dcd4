"""A whole file of consents: bytes in, in pieces of any size; one reading per line out."""

from collections.abc import Iterable

from services.consent.domain.ledger.columns import Columns, recognise
from services.consent.domain.ledger.faults import Fault, Unreadable
from services.consent.domain.ledger.lines import BROKEN, Line, Lines
from services.consent.domain.ledger.rows import Context, Reading, read_row


class Sheet:
    """Raises Unreadable, from `feed` or `close`, where nothing in the file can be used."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lines = Lines()
        self._width = 0
        self._columns: Columns | None = None
        self._rows = 0

    def feed(self, chunk: bytes) -> list[Reading]:
        """The lines that are complete with these bytes."""
        return self._read(self._lines.feed(chunk))

    def close(self) -> list[Reading]:
        """The lines that are left."""
        readings = self._read(self._lines.feed(b"", final=True))
        if not self._rows:
            raise Unreadable("no_rows", "The file has no lines below a header. Send one with some.")
        return readings

    def _read(self, lines: Iterable[Line]) -> list[Reading]:
        readings = []
        for line in lines:
            if self._columns is None:
                self._columns = self._header(line)
            else:
                readings.append(self._reading(line, self._columns))
        self._rows += len(readings)
        return readings

    def _header(self, line: Line) -> Columns:
        if any(BROKEN in cell for cell in line.cells):
            raise Unreadable("encoding", "Save the file as CSV UTF-8 and send it again.")
        names = [cell.strip() for cell in line.cells]
        while names and not names[-1]:
            names.pop()
        self._width = len(names)
        return recognise(names)

    def _reading(self, line: Line, columns: Columns) -> Reading:
        cells, wanted = line.cells, self._width
        if line.fault:
            return Reading(line.number, None, (line.fault,))
        if len(cells) < wanted or any(cells[wanted:]):
            return Reading(line.number, None, (Fault.of(line.number, "columns"),))
        return read_row(line.number, cells, columns, self._context)
