"""Which character parts the cells: said by a `sep=` line, or seen in the first lines."""

import csv
import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

CANDIDATES: Final = (",", ";", "\t", "|")

_SAID = re.compile(r'^"?sep=(.)"?[,;\t|]*\s*$', re.IGNORECASE)
_ROWS: Final = 30


def said(line: str) -> str | None:
    """The delimiter that a first line such as `sep=;` names, as Excel writes it."""
    found = _SAID.match(line)
    return found[1] if found else None


def seen(lines: Sequence[str]) -> str:
    """The delimiter under which most lines have as many cells as the header; a comma if none."""
    return max(CANDIDATES, key=lambda mark: _agreement(lines, mark))


def _agreement(lines: Sequence[str], mark: str) -> tuple[float, int]:
    try:
        rows = islice((row for row in csv.reader(lines, delimiter=mark) if row), _ROWS)
        widths = [len(row) for row in rows]
    except csv.Error:
        return (0.0, 0)
    if not widths or widths[0] == 1:
        return (0.0, 0)
    return (widths.count(widths[0]) / len(widths), widths[0])
