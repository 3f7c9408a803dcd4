"""The end of a tenant's trail, and what notes make of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from libs.common.events import AuditNoted
from libs.common.merkle import Range
from services.consent.domain.audit.entry import FIRST_PREV, Entry
from services.consent.domain.audit.numbers import Numbers

UNSIGNED_ENTRIES = 100
UNSIGNED_FOR = timedelta(seconds=60)


@dataclass(frozen=True)
class Head:
    """All that must be known to add to a trail.

    `hash` is that of the last entry, `counted` what is known of each service's numbers. `signed`
    is the size of the last checkpoint; `since` is when the first entry after it was sealed.
    """

    tree: Range = field(default_factory=Range)
    hash: str = FIRST_PREV
    counted: Mapping[str, Numbers] = field(default_factory=dict)
    signed: int = 0
    since: datetime | None = None

    @property
    def size(self) -> int:
        """How many entries there are."""
        return self.tree.size

    @property
    def unsigned(self) -> int:
        """How many entries no checkpoint is about."""
        return self.size - self.signed

    def has(self, noted: AuditNoted) -> bool:
        """Whether a note with this number of its service is there, as far as is remembered."""
        return self.numbers(noted.source).has(noted.source_seq)

    def numbers(self, source: str) -> Numbers:
        """What is known of a service's numbers."""
        return self.counted.get(source, Numbers())

    def wants_checkpoint(self, now: datetime) -> bool:
        """Whether enough has come, or waited long enough, since the last one."""
        if self.since is None:
            return False
        return self.unsigned >= UNSIGNED_ENTRIES or now - self.since >= UNSIGNED_FOR

    def checkpointed(self) -> "Head":
        """The head once a checkpoint is made of it."""
        return replace(self, signed=self.size, since=None)


@dataclass(frozen=True)
class Sealing:
    """What notes became: the new head, and their entries.

    `missing` is how many notes before them have not come, `late` how many of them were missed
    before: such a note stands where it came, under its own number. A note that comes again, with
    a number that was had, adds nothing.
    """

    head: Head
    entries: tuple[Entry, ...]
    missing: int = 0
    late: int = 0


def seal(
    head: Head, noted: Sequence[AuditNoted], people: Mapping[str, str], now: datetime
) -> Sealing:
    """Adds notes to a trail in their order. `people` gives the random id for each keyed code."""
    entries: list[Entry] = []
    prev, counted, missing, late = head.hash, dict(head.counted), 0, 0
    for one in noted:
        known = counted.get(one.source, Numbers())
        if known.has(one.source_seq):
            continue
        missing += known.skipped(one.source_seq)
        late += one.source_seq <= known.last
        counted[one.source] = known.having(one.source_seq)
        person = people[one.note.person] if one.note.person else None
        entry = Entry.of(one, head.size + len(entries) + 1, prev, person)
        entries.append(entry)
        prev = entry.hash
    tree = head.tree.adding(bytes.fromhex(entry.hash) for entry in entries)
    since = head.since or (now if entries else None)
    return Sealing(Head(tree, prev, counted, head.signed, since), tuple(entries), missing, late)
