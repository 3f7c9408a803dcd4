"""Text to records, piece by piece: quoted newlines keep the line count, open quotes end."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

SHOWN = 200
"""How much of a line that cannot be read a fault repeats, in characters."""


@dataclass(frozen=True, slots=True)
class Record:
    """The cells that begin on `line`; `code` says why there are none."""

    line: int
    cells: tuple[str, ...]
    code: str | None = None


class _TooLong(Exception):
    pass


class _Lines:
    """Hands lines to `csv.reader` and remembers which of them the current record took."""

    def __init__(self, limit: int) -> None:
        self.waiting: deque[str] = deque()
        self.taken: list[str] = []
        self.dry = False
        self._limit = limit
        self._size = 0

    def begin(self) -> None:
        self.taken = []
        self.dry = False
        self._size = 0

    def put_back(self, first: int) -> None:
        self.waiting.extendleft(reversed(self.taken[first:]))

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if not self.waiting:
            self.dry = True
            raise StopIteration
        line = self.waiting.popleft()
        self.taken.append(line)
        self._size += len(line)
        if self._size > self._limit:
            raise _TooLong
        return line


class Records:
    """Cuts text into records. `limit` bounds one record, and so the memory, in characters.

    A record that grows past it, or to the end of the file, has a stray quotation mark: its first
    line is given up, and reading goes on at the second.
    """

    def __init__(self, delimiter: str, *, line: int = 1, limit: int) -> None:
        self._lines = _Lines(limit)
        self._reader = csv.reader(self._lines, delimiter=delimiter)
        self._line = line
        self._limit = limit
        self._tail = ""
        self._skipping = False

    def feed(self, text: str) -> Iterator[Record]:
        """The records that are complete with this text."""
        *lines, self._tail = (self._tail + text).split("\n")
        if lines and self._skipping:
            lines = lines[1:]
            self._skipping = False
        self._lines.waiting.extend(f"{line}\n" for line in lines)
        if len(self._tail) > self._limit:
            if not self._skipping:
                self._lines.waiting.append(self._tail[: self._limit + 1])
            self._skipping = True
            self._tail = ""
        yield from self._records(final=False)

    def close(self) -> Iterator[Record]:
        """The records that are left."""
        if self._tail and not self._skipping:
            self._lines.waiting.append(self._tail)
        self._tail = ""
        yield from self._records(final=True)

    def _records(self, *, final: bool) -> Iterator[Record]:
        lines = self._lines
        while lines.waiting:
            lines.begin()
            try:
                cells = next(self._reader)
            except (_TooLong, csv.Error):
                yield self._given_up("row_too_long")
                continue
            if not lines.dry:
                yield Record(self._line, tuple(cells))
                self._line += len(lines.taken)
            elif final:
                yield self._given_up("quote_open")
            else:
                lines.put_back(0)
                return

    def _given_up(self, code: str) -> Record:
        self._lines.put_back(1)
        given = self._lines.taken[0].rstrip("\n")[:SHOWN]
        self._line += 1
        return Record(self._line - 1, (given,), code)
