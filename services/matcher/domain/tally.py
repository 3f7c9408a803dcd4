"""What became of the rows of an import, each counted once."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from services.matcher.domain.rows import Reading

QUIET = timedelta(minutes=5)
"""A running import that wrote nothing for so long was cut off."""


@dataclass(frozen=True)
class Written:
    """Customers written in one go. `repeated` rows named one that a later row names again."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0


@dataclass(frozen=True)
class Tally:
    """Counts of an import so far: `rows` is the sum of the others."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    rejected: int = 0
    faults: dict[str, int] = field(default_factory=dict)

    def plus(self, readings: Iterable[Reading], written: Written) -> "Tally":
        """The counts with these rows and what was written of them."""
        rows = list(readings)
        found = Counter(fault.code for row in rows for fault in row.faults)
        return replace(
            self,
            rows=self.rows + len(rows),
            created=self.created + written.created,
            updated=self.updated + written.updated,
            unchanged=self.unchanged + written.unchanged,
            repeated=self.repeated + written.repeated,
            rejected=self.rejected + sum(row.draft is None for row in rows),
            faults=dict(Counter(self.faults) + found),
        )


def state_now(state: str, updated_at: datetime, now: datetime) -> str:
    """`running`, `finished`, `failed`; `interrupted` for one that stopped without a word."""
    if state == "running" and now - updated_at > QUIET:
        return "interrupted"
    return state
