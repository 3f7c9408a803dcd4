"""The rows of a CSV file, and what is broken about a line that gives none."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from libs.common.csvfile import delimiters
from libs.common.csvfile.decoding import MARK, Decoder
from libs.common.csvfile.records import SHOWN, Record, Records
from libs.common.csvfile.unreadable import Unreadable

_EXPLAINED: Final = {
    "columns": "This line has {found} cells and the header has {wanted}. Look for a missing or "
    "stray quotation mark or delimiter.",
    "cell_too_long": "A cell holds more than {limit} characters. Shorten it.",
    "encoding": "The characters here are broken. Save the file as CSV UTF-8 and upload it again.",
    "row_too_long": "This line, or a quotation mark that it opens and never closes, is too long. "
    "Close the quotation mark or shorten the line.",
    "quote_open": "This line opens a quotation mark that is never closed. Close or remove it.",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes read at a time; characters in a record and in a cell; columns in the header."""

    block: int = 65_536
    record: int = 65_536
    cell: int = 4_096
    columns: int = 200


@dataclass(frozen=True, slots=True)
class Guess:
    """How the file was read, for people to confirm."""

    encoding: str
    delimiter: str


@dataclass(frozen=True, slots=True)
class Broken:
    """Why a line gives no cells. `value` is the start of what it holds, and personal.

    `code` is columns, cell_too_long, encoding, row_too_long or quote_open; `column` is the header
    above the cell, where it is one cell that is wrong.
    """

    code: str
    explanation: str
    column: str | None
    value: str


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one line, as many as the header has; or why there are none.

    `line` counts the file's lines from 1, the header among them.
    """

    line: int
    cells: tuple[str, ...]
    broken: Broken | None = None


class CsvFile:
    """Reads one file. `header` and `guess` are there once rows come.

    `region` chooses the code page of a file that is no UTF. The rows are the same however the
    bytes are cut. Raises Unreadable, from `feed` or `close`, for a file without a usable header.
    """

    def __init__(
        self,
        region: str | None,
        *,
        encoding: str | None = None,
        delimiter: str | None = None,
        limits: Limits | None = None,
    ) -> None:
        if delimiter is not None and delimiter not in delimiters.CANDIDATES:
            raise Unreadable("delimiter", "Part the cells with a comma, semicolon, tab or |.")
        self.header: tuple[str, ...] = ()
        self._region = region
        self._encoding = encoding
        self._delimiter = delimiter
        self._limits = limits or Limits()
        self._waiting = bytearray()
        self._decoder: Decoder | None = None
        self._records: Records | None = None

    @property
    def guess(self) -> Guess | None:
        """The encoding and the delimiter in use; None before the first block."""
        if not self._decoder or not self._delimiter:
            return None
        return Guess(self._decoder.encoding, self._delimiter)

    def feed(self, chunk: bytes) -> list[Row]:
        """The rows that are complete with these bytes."""
        self._waiting += chunk
        rows: list[Row] = []
        size = self._limits.block
        while len(self._waiting) >= size:
            block = bytes(self._waiting[:size])
            del self._waiting[:size]
            rows += self._rows(self._block(block, final=False))
        return rows

    def close(self) -> list[Row]:
        """The rows that are left."""
        rows = self._rows(self._block(bytes(self._waiting), final=True))
        self._waiting.clear()
        if not self.header:
            raise Unreadable("empty", "The file has no header line. Upload a file with one.")
        return rows

    def _block(self, block: bytes, *, final: bool) -> Iterable[Record]:
        if self._decoder is None:
            self._decoder = Decoder(block, self._region, self._encoding)
        text = self._decoder.decode(block, final=final)
        if self._records is None:
            text, self._records = self._opened(text, final=final)
        yield from self._records.feed(text)
        if final:
            yield from self._records.close()

    def _opened(self, text: str, *, final: bool) -> tuple[str, Records]:
        """Settles the delimiter by the first block and drops a `sep=` line."""
        lines = text.split("\n")
        said = delimiters.said(lines[0])
        if said:
            text = "\n".join(lines[1:])
        whole = lines[bool(said) : None if final or len(lines) == 1 else -1]
        self._delimiter = self._delimiter or said or delimiters.seen(whole)
        line = 2 if said else 1
        return text, Records(self._delimiter, line=line, limit=self._limits.record)

    def _rows(self, records: Iterable[Record]) -> list[Row]:
        rows: list[Row] = []
        for record in records:
            if not any(map(str.strip, record.cells)):
                continue
            if self.header:
                rows.append(self._row(record))
            else:
                self.header = self._checked_header(record)
        return rows

    def _checked_header(self, record: Record) -> tuple[str, ...]:
        names = tuple(cell.strip() for cell in record.cells)
        while names and not names[-1]:
            names = names[:-1]
        if record.code or len(names) > self._limits.columns:
            raise Unreadable(
                "header",
                f"The first line is no header of at most {self._limits.columns} columns.",
            )
        if any(MARK in name for name in names):
            raise Unreadable("encoding", _EXPLAINED["encoding"])
        return names

    def _row(self, record: Record) -> Row:
        if record.code:
            return self._broken(record, record.code, None, record.cells[0])
        cells, wanted = record.cells, len(self.header)
        if len(cells) > wanted and not any(cells[wanted:]):
            cells = cells[:wanted]
        if len(cells) != wanted:
            return self._broken(record, "columns", None, (self._delimiter or ",").join(cells))
        longest = max(cells, key=len)
        if len(longest) > self._limits.cell:
            return self._broken(record, "cell_too_long", cells.index(longest), longest)
        if self._decoder and self._decoder.marked:
            for index, cell in enumerate(cells):
                if MARK in cell:
                    return self._broken(record, "encoding", index, cell)
        return Row(record.line, cells)

    def _broken(self, record: Record, code: str, column: int | None, value: str) -> Row:
        explanation = _EXPLAINED[code].format(
            found=len(record.cells), wanted=len(self.header), limit=self._limits.cell
        )
        name = None if column is None else self.header[column]
        shown = value[:SHOWN].replace(MARK, "\ufffd")
        return Row(record.line, (), Broken(code, explanation, name, shown))
