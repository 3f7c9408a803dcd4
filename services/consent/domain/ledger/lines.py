"""A CSV file to lines of cells: bytes in, in pieces of any size, in bounded memory."""

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.consent.domain.ledger.faults import Code, Fault, Unreadable

BROKEN: Final = "\ufffd"
"""Stands where bytes are no UTF-8."""

LONGEST: Final = 8_192
"""Characters of one record."""


@dataclass(frozen=True, slots=True)
class Line:
    """The cells that begin on line `number`, or the fault that they are."""

    number: int
    cells: tuple[str, ...]
    fault: Fault | None = None


class Lines:
    """Cuts UTF-8, with or without a byte order mark, into records; blank ones are left out.

    The first record settles the delimiter, a comma or a semicolon. A record that grows past
    `LONGEST`, or to the end of the file, has a stray quotation mark: its first line is given up,
    and reading goes on at the second.
    """

    def __init__(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._text = io.IncrementalNewlineDecoder(decoder, translate=True)
        self._tail = ""
        self._skipping = False
        self._open = _Open()
        self._number = 1
        self._delimiter: str | None = None

    def feed(self, chunk: bytes, *, final: bool = False) -> Iterator[Line]:
        """The lines that are complete with these bytes."""
        *whole, self._tail = (self._tail + self._text.decode(chunk, final)).split("\n")
        if whole and self._skipping:
            whole, self._skipping = whole[1:], False
        if final and not self._skipping:
            whole.append(self._tail)
        elif len(self._tail) > LONGEST:
            whole += [] if self._skipping else [self._tail]
            self._tail, self._skipping = "", True
        yield from self._records(deque(whole), final=final)

    def _records(self, waiting: deque[str], *, final: bool) -> Iterator[Line]:
        held = self._open
        while waiting or (final and held.lines):
            if waiting:
                held.add(waiting.popleft())
            if held.size > LONGEST or (final and held.quoted and not waiting):
                first, *rest = held.take()
                waiting.extendleft(reversed(rest))
                yield self._given_up("quote_open" if len(first) <= LONGEST else "line_too_long")
            elif not held.quoted:
                line = self._line(held.take())
                if line is not None:
                    yield line

    def _given_up(self, code: Code) -> Line:
        number, self._number = self._number, self._number + 1
        if self._delimiter is None:
            raise Unreadable("header", "The first line is no header. Name the columns there.")
        return Line(number, (), Fault.of(number, code))

    def _line(self, lines: Sequence[str]) -> Line | None:
        """The cells of a whole record; None where it is blank."""
        record, number = "\n".join(lines), self._number
        self._number += len(lines)
        if self._delimiter is None and record.strip():
            self._delimiter = max(",;", key=lambda mark: len(_cells(record, mark)))
        cells = _cells(record, self._delimiter or ",")
        if not any(map(str.strip, cells)):
            return None
        fault = Fault.of(number, "encoding") if BROKEN in record else None
        return Line(number, cells, fault)


class _Open:
    """The lines of the record that is being read; `size` counts their characters."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.size = 0
        self.quoted = False

    def add(self, line: str) -> None:
        self.lines.append(line)
        self.size += len(line)
        # A quotation mark waits for its other half; doubled ones come in pairs too.
        self.quoted ^= line.count('"') % 2 == 1

    def take(self) -> list[str]:
        lines, self.lines, self.size, self.quoted = self.lines, [], 0, False
        return lines


def _cells(record: str, delimiter: str) -> tuple[str, ...]:
    return tuple(next(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter), ()))
