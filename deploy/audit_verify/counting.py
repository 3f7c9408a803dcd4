"""What each source counted: which of its notes are not there, and which came late."""

from bisect import bisect_right
from dataclasses import dataclass

from .findings import Code, Finding


@dataclass(frozen=True)
class _Gap:
    """Notes that were not there when a later one was; `shown` is the entry of that one."""

    first: int
    last: int
    shown: int

    def finding(self, source: str) -> Finding:
        """What is said of it, as long as nothing fills it."""
        notes = f"note {self.first} was" if self.first == self.last else None
        notes = notes or f"notes {self.first} to {self.last} were"
        text = f"{notes} never sealed, and entry {self.shown} is a later one of {source}"
        return Finding(Code.SOURCE_GAP, self.shown, text)


class Counting:
    """The numbers of the sources along a trail. `late` are the entries that filled a gap.

    However far a source jumps, an entry adds one gap at the most.
    """

    def __init__(self) -> None:
        self.late: list[int] = []
        self._last: dict[str, int] = {}
        self._gaps: dict[str, list[_Gap]] = {}
        self._twice: list[Finding] = []

    def take(self, entry: int, source: str, number: int) -> None:
        """Takes in the number that an entry has of its source."""
        last, gaps = self._last.get(source, 0), self._gaps.setdefault(source, [])
        if number > last:
            if number > last + 1:
                gaps.append(_Gap(last + 1, number - 1, entry))
            self._last[source] = number
        elif not self._filled(gaps, number):
            text = f"entry {entry} is note {number} of {source}, which counted so before"
            self._twice.append(Finding(Code.SOURCE_GAP, entry, text))
        else:
            self.late.append(entry)

    def findings(self) -> list[Finding]:
        """What is wrong now, in the order of the entries."""
        missing = [gap.finding(source) for source, gaps in self._gaps.items() for gap in gaps]
        return sorted([*missing, *self._twice], key=lambda finding: finding.number)

    def _filled(self, gaps: list[_Gap], number: int) -> bool:
        place = bisect_right(gaps, number, key=lambda gap: gap.first) - 1
        if place < 0 or number > gaps[place].last:
            return False
        gap = gaps[place]
        ends = ((gap.first, number - 1), (number + 1, gap.last))
        gaps[place : place + 1] = [_Gap(*end, gap.shown) for end in ends if end[0] <= end[1]]
        return True
