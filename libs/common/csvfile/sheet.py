"""A whole file to readings: bytes in, in pieces of any size; one reading per line out."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar

from libs.common.csvfile.reading import CsvFile, Row
from libs.common.csvfile.unreadable import Unreadable

C = TypeVar("C")
R = TypeVar("R")

_NO_ROWS = (
    "The file has a header and no rows. If you send it with curl, use --data-binary: -d drops the "
    "line ends."
)


class Sheet(ABC, Generic[C, R]):
    """Raises Unreadable, from `feed` or `close`, where nothing in the file can be used.

    What the columns mean (C), and what a line says under them (R), is its owner's to tell.
    """

    def __init__(self, file: CsvFile) -> None:
        self.file = file
        self.columns: C | None = None
        self._lines = 0

    @abstractmethod
    def recognise(self, header: Sequence[str]) -> C:
        """Which column is which. Raises Unreadable."""

    @abstractmethod
    def read(self, row: Row, columns: C) -> R:
        """What the line says, or what is wrong with it."""

    def feed(self, chunk: bytes) -> list[R]:
        """The lines that are complete with these bytes."""
        return self._readings(self.file.feed(chunk))

    def close(self) -> list[R]:
        """The lines that are left."""
        readings = self._readings(self.file.close())
        if not self._lines:
            raise Unreadable("no_rows", _NO_ROWS)
        return readings

    def _readings(self, rows: Sequence[Row]) -> list[R]:
        if self.columns is None:
            if not self.file.header:
                return []
            self.columns = self.recognise(self.file.header)
        columns = self.columns
        self._lines += len(rows)
        return [self.read(row, columns) for row in rows]
