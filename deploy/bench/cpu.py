"""CPU time of processes: what a figure costs, whatever else the machine does meanwhile."""

from collections.abc import Iterable

import psutil


def seconds(pids: Iterable[int]) -> float:
    """User and system time of these processes so far, all threads."""
    return sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in pids)
