"""A whole file of customers, and how it is read."""

from collections.abc import Mapping, Sequence

from libs.common import csvfile
from libs.common.csvfile import CsvFile, Guess, Row
from services.matcher.domain.faults import Fault
from services.matcher.domain.headers import Columns, recognise
from services.matcher.domain.rows import Defaults, Reading, read_row

_MOST_NAMES, _LONGEST_NAME = 50, 60


class Sheet(csvfile.Sheet[Columns, Reading]):
    """Lines to customers; `region` is the agency's, `mapping` header to field."""

    def __init__(self, region: str, mapping: Mapping[str, str] | None = None) -> None:
        super().__init__(CsvFile(region))
        self._defaults = Defaults(region)
        self._mapping = mapping

    @property
    def guess(self) -> Guess | None:
        """How the file is read."""
        return self.file.guess

    @property
    def unknown(self) -> tuple[str, ...]:
        """The first headers that nothing was made of, cut short: a header is no place for data."""
        found = self.columns.unknown if self.columns else ()
        return tuple(name[:_LONGEST_NAME] for name in found[:_MOST_NAMES])

    def recognise(self, header: Sequence[str]) -> Columns:
        """By the mapping, then by the usual names."""
        return recognise(header, self._mapping)

    def read(self, row: Row, columns: Columns) -> Reading:
        """The customer of the line."""
        if wrong := row.broken:
            fault = Fault(row.line, wrong.column, wrong.value, wrong.code, wrong.explanation)
            return Reading(row.line, None, (fault,))
        return read_row(row.line, row.cells, columns, self._defaults)
