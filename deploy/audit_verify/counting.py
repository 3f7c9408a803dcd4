"""What each source counted: which of its notes are not there, came late, or share a number."""

from bisect import bisect_right
from dataclasses import dataclass, replace

from .findings import Code, Finding


@dataclass(frozen=True)
class _Run:
    """Numbers of a source that follow each other, and the entry that showed what is wrong."""

    first: int
    last: int
    shown: int


def _missing(run: _Run, source: str) -> Finding:
    """Of notes that were not there when a later one was, as long as nothing fills the gap."""
    one = run.first == run.last
    notes = f"note {run.first} was" if one else f"notes {run.first} to {run.last} were"
    text = f"{notes} never sealed, and entry {run.shown} is a later one of {source}"
    return Finding(Code.SOURCE_GAP, run.shown, text)


def _again(run: _Run, source: str) -> Finding:
    """Of notes with numbers that other notes had before, from one entry on."""
    many = f"notes {run.first} to {run.last} of {source}, from entry {run.shown} on, have"
    one = f"note {run.first} of {source} in entry {run.shown} has"
    text = f"{one if run.first == run.last else many} a number that another note had before"
    return Finding(Code.NUMBER_AGAIN, run.shown, f"{text}: was it set back to an older copy?")


class Counting:
    """The numbers of the sources along a trail. `late` are the entries that filled a gap.

    However far a source jumps, an entry adds one gap at the most.
    """

    def __init__(self) -> None:
        self.late: list[int] = []
        self._last: dict[str, int] = {}
        self._gaps: dict[str, list[_Run]] = {}
        self._again: dict[str, list[_Run]] = {}

    def take(self, entry: int, source: str, number: int) -> None:
        """Takes in the number that an entry has of its source."""
        last, gaps = self._last.get(source, 0), self._gaps.setdefault(source, [])
        if number > last:
            if number > last + 1:
                gaps.append(_Run(last + 1, number - 1, entry))
            self._last[source] = number
        elif not self._filled(gaps, number):
            self._used_again(entry, source, number)
        else:
            self.late.append(entry)

    def findings(self) -> list[Finding]:
        """What is wrong now, in the order of the entries."""
        found = [
            say(run, source)
            for say, of_sources in ((_missing, self._gaps), (_again, self._again))
            for source, runs in of_sources.items()
            for run in runs
        ]
        return sorted(found, key=lambda finding: finding.number)

    def _used_again(self, entry: int, source: str, number: int) -> None:
        runs = self._again.setdefault(source, [])
        if runs and number == runs[-1].last + 1:
            runs[-1] = replace(runs[-1], last=number)
        else:
            runs.append(_Run(number, number, entry))

    def _filled(self, gaps: list[_Run], number: int) -> bool:
        place = bisect_right(gaps, number, key=lambda gap: gap.first) - 1
        if place < 0 or number > gaps[place].last:
            return False
        gap = gaps[place]
        ends = ((gap.first, number - 1), (number + 1, gap.last))
        gaps[place : place + 1] = [_Run(*end, gap.shown) for end in ends if end[0] <= end[1]]
        return True
