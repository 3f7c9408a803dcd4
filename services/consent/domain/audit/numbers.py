"""Which numbers of a service's notes a trail has, and which it still misses."""

from bisect import bisect_right
from dataclasses import dataclass, replace

MOST_GAPS = 100


@dataclass(frozen=True)
class Numbers:
    """What is known of the numbers of one service.

    `last` is the highest that was had. `gaps` are those below it that never came, as ranges from
    the first to the last, in order. Of more than `MOST_GAPS` the lowest are forgotten. `again` is
    the number that came last with another note than before; 0 once a new one has come.
    """

    last: int = 0
    gaps: tuple[tuple[int, int], ...] = ()
    again: int = 0

    @property
    def missing(self) -> int:
        """How many never came, as far as is remembered."""
        return sum(last - first + 1 for first, last in self.gaps)

    def has(self, number: int) -> bool:
        """Whether a note with it came, as far as is remembered."""
        return number <= self.last and self._gap(number) is None

    def skipped(self, number: int) -> int:
        """How many before it have not come, of which that was not known yet."""
        return max(number - self.last - 1, 0)

    def having(self, number: int) -> "Numbers":
        """These and one more."""
        if number > self.last:
            fresh = ((self.last + 1, number - 1),) if self.skipped(number) else ()
            return Numbers(number, (*self.gaps, *fresh)[-MOST_GAPS:])
        place = self._gap(number)
        if place is None:
            return self
        first, last = self.gaps[place]
        left = [gap for gap in ((first, number - 1), (number + 1, last)) if gap[0] <= gap[1]]
        gaps = (*self.gaps[:place], *left, *self.gaps[place + 1 :])
        return replace(self, gaps=gaps[-MOST_GAPS:])

    def having_again(self, number: int) -> "Numbers":
        """These, of which one came with another note."""
        return replace(self, again=number)

    def begins_again(self, number: int) -> bool:
        """Whether one that came with another note goes on from no other such."""
        return not self.again or number != self.again + 1

    def _gap(self, number: int) -> int | None:
        """The place of the range that it is in."""
        place = bisect_right(self.gaps, number, key=lambda gap: gap[0]) - 1
        return place if place >= 0 and number <= self.gaps[place][1] else None
