"""What the probes of the services wrote down: which record was in whose hands, and when."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path


@dataclass(frozen=True)
class Step:
    """One line: `step` is begin, end or fail; `at` is seconds since the epoch."""

    at: float
    pid: int
    service: str
    step: str
    place: str
    event: str
    key: str

    @property
    def work(self) -> tuple[str, str]:
        """The record in the hands of one service."""
        return self.service, self.place


def read(path: Path, since: float) -> list[Step]:
    """The steps from then on, in the order of time."""
    if not path.exists():
        return []
    steps = (Step(*json.loads(line)) for line in path.read_text().splitlines())
    return sorted((step for step in steps if step.at >= since), key=lambda step: step.at)


def done(steps: Iterable[Step], until: float) -> set[tuple[str, str]]:
    """The records that were done before then, each with the service that did it."""
    return {step.work for step in steps if step.step == "end" and step.at < until}


def cut_off(steps: Iterable[Step], killed: set[int]) -> int:
    """Records that killed processes had in hand."""
    open_by: dict[tuple[str, str, int], bool] = {}
    for step in steps:
        if step.pid in killed:
            open_by[*step.work, step.pid] = step.step == "begin"
    return sum(open_by.values())


def redelivered(steps: Iterable[Step]) -> int:
    """Times that a record was begun again, other than to try again after a failure."""
    last: dict[tuple[str, str], Step] = {}
    times = 0
    for step in steps:
        before = last.get(step.work)
        again = before is not None and (before.step != "fail" or before.pid != step.pid)
        times += step.step == "begin" and again
        last[step.work] = step
    return times


def overlaps(steps: Sequence[Step]) -> int:
    """Times that two living processes had the same record in hand at once."""
    spans: defaultdict[tuple[str, str], list[tuple[float, float, int]]] = defaultdict(list)
    begun: dict[tuple[str, str, int], float] = {}
    for step in steps:
        if step.step == "begin":
            begun[*step.work, step.pid] = step.at
        elif (start := begun.pop((*step.work, step.pid), None)) is not None:
            spans[step.work].append((start, step.at, step.pid))
    return sum(
        one[0] < other[1] and other[0] < one[1] and one[2] < other[2]
        for own in spans.values()
        for one in own
        for other in own
    )


def out_of_order(steps: Iterable[Step]) -> int:
    """Records of a key that were done for the first time before an older one of it."""
    done: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    for step in steps:
        if step.step == "end" and step.work not in seen:
            seen.add(step.work)
            topic, partition, offset = step.place.rsplit("/", 2)
            done[step.service, f"{topic}/{partition}", step.key].append(int(offset))
    return sum(later < earlier for offsets in done.values() for earlier, later in pairwise(offsets))
