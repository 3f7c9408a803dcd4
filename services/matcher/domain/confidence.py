"""How sure a candidate is, from 0 to 1, and whether the first stands out."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from services.matcher.domain.keys import Closeness
from services.matcher.domain.known import Known

_ALONE: Final[dict[Closeness, float]] = {
    "exact_extension": 0.99,
    "exact": 0.95,
    "variant": 0.8,
    "national": 0.4,
}
# What others with an equally close number cost, and what tells one person from them.
_SHARED: Final = 0.35
_PRIMARY: Final = 0.2
_ACTIVE: Final = 0.1

_GAP: Final = 0.15
_ENOUGH: Final = 0.5


def confidences(people: Sequence[Known]) -> tuple[float, ...]:
    """One for each of the ordered people, never more than the one before."""
    close = Counter(person.how for person in people)
    sure: list[float] = []
    for person in people:
        own = _confidence(person, shared=close[person.how] > 1)
        sure.append(min([own, *sure[-1:]]))
    return tuple(sure)


def stands_out(people: Sequence[Known], sure: Sequence[float]) -> bool:
    """Whether the record of the first may open: sure enough, and clear of the second.

    Alone with the closest number is clear; among equally close ones a gap in confidence is.
    """
    if sure[0] < _ENOUGH:
        return False
    if len(people) == 1 or people[0].how != people[1].how:
        return True
    return round(sure[0] - sure[1], 6) >= _GAP


def _confidence(person: Known, *, shared: bool) -> float:
    alone = _ALONE[person.how]
    if not shared:
        return alone
    told_apart = _PRIMARY * person.primary + _ACTIVE * (person.status == "active")
    return round(max(alone - _SHARED, 0.05) + told_apart, 2)
