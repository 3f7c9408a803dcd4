"""Where a number stands for some days even after its person was erased: topics forget by age."""

from collections.abc import Mapping

from libs.common.bus.topics import CATALOGUE

_CARRYING = ("calls.v1", "messages.v1")

PASSING = {
    f"kafka {topic.name}": topic.days + 1
    for topic in CATALOGUE
    if topic.days and topic.name in _CARRYING
}
"""The topics whose events carry numbers in the clear, and for how many days, with the one until a
segment is closed. In every other place a number is sealed, coded or gone after an erasure."""


def apart(there: Mapping[str, int]) -> tuple[int, int]:
    """How often it was found in those topics, and how often anywhere else."""
    passing = sum(count for place, count in there.items() if place in PASSING)
    return passing, sum(there.values()) - passing
