"""What each source counted: which of its notes are not there, came late, or share a number."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

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


@dataclass(frozen=True)
class _Again:
    """Notes with numbers that other notes had before, from one entry on."""

    first: int
    last: int
    shown: int

    def finding(self, source: str) -> Finding:
        """What is said of it."""
        many = f"notes {self.first} to {self.last} of {source}, from entry {self.shown} on, have"
        one = f"note {self.first} of {source} in entry {self.shown} has"
        text = f"{one if self.first == self.last else many} a number that another note had before"
        return Finding(Code.NUMBER_AGAIN, self.shown, f"{text}: was it set back to an older copy?")


class Counting:
    """The numbers of the sources along a trail. `late` are the entries that filled a gap.

    However far a source jumps, an entry adds one gap at the most.
    """

    def __init__(self) -> None:
        self.late: list[int] = []
        self._last: dict[str, int] = {}
        self._gaps: dict[str, list[_Gap]] = {}
        self._again: dict[str, list[_Again]] = {}

    def take(self, entry: int, source: str, number: int) -> None:
        """Takes in the number that an entry has of its source."""
        last, gaps = self._last.get(source, 0), self._gaps.setdefault(source, [])
        if number > last:
            if number > last + 1:
                gaps.append(_Gap(last + 1, number - 1, entry))
            self._last[source] = number
        elif not self._filled(gaps, number):
            self._used_again(entry, source, number)
        else:
            self.late.append(entry)

    def findings(self) -> list[Finding]:
        """What is wrong now, in the order of the entries."""
        kinds: tuple[Mapping[str, Sequence[_Gap | _Again]], ...] = (self._gaps, self._again)
        found = [
            one.finding(source) for kind in kinds for source, all_ in kind.items() for one in all_
        ]
        return sorted(found, key=lambda finding: finding.number)

    def _used_again(self, entry: int, source: str, number: int) -> None:
        runs = self._again.setdefault(source, [])
        if runs and number == runs[-1].last + 1:
            runs[-1] = replace(runs[-1], last=number)
        else:
            runs.append(_Again(number, number, entry))

    def _filled(self, gaps: list[_Gap], number: int) -> bool:
        place = bisect_right(gaps, number, key=lambda gap: gap.first) - 1
        if place < 0 or number > gaps[place].last:
            return False
        gap = gaps[place]
        ends = ((gap.first, number - 1), (number + 1, gap.last))
        gaps[place : place + 1] = [_Gap(*end, gap.shown) for end in ends if end[0] <= end[1]]
        return True
