"""A whole file to customers: bytes in, in pieces of any size; one reading per line out."""

from collections.abc import Mapping, Sequence

from libs.common.csvfile import CsvFile, Guess, Row, Unreadable
from services.matcher.domain.faults import Fault
from services.matcher.domain.headers import Columns, recognise
from services.matcher.domain.rows import Defaults, Reading, read_row

_MOST_NAMES, _LONGEST_NAME = 50, 60
_NO_ROWS = (
    "The file has a header and no rows. If you send it with curl, use --data-binary: -d drops the "
    "line ends."
)


class Sheet:
    """Raises Unreadable, from `feed` or `close`, where nothing in the file can be used."""

    def __init__(self, region: str, mapping: Mapping[str, str] | None = None) -> None:
        self._file = CsvFile(region)
        self._defaults = Defaults(region)
        self._mapping = mapping
        self._columns: Columns | None = None
        self._lines = 0

    @property
    def guess(self) -> Guess | None:
        """How the file is read."""
        return self._file.guess

    @property
    def unknown(self) -> tuple[str, ...]:
        """The first headers that nothing was made of, cut short: a header is no place for data."""
        found = self._columns.unknown if self._columns else ()
        return tuple(name[:_LONGEST_NAME] for name in found[:_MOST_NAMES])

    def feed(self, chunk: bytes) -> list[Reading]:
        """The lines that are complete with these bytes."""
        readings = self._readings(self._file.feed(chunk))
        self._lines += len(readings)
        return readings

    def close(self) -> list[Reading]:
        """The lines that are left."""
        readings = self._readings(self._file.close())
        self._settled()
        if not self._lines + len(readings):
            raise Unreadable("no_rows", _NO_ROWS)
        return readings

    def _readings(self, rows: Sequence[Row]) -> list[Reading]:
        if self._file.header:
            self._settled()
        return [self._read(row) for row in rows]

    def _read(self, row: Row) -> Reading:
        if wrong := row.broken:
            fault = Fault(row.line, wrong.column, wrong.value, wrong.code, wrong.explanation)
            return Reading(row.line, None, (fault,))
        return read_row(row.line, row.cells, self._settled(), self._defaults)

    def _settled(self) -> Columns:
        if self._columns is None:
            self._columns = recognise(self._file.header, self._mapping)
        return self._columns
