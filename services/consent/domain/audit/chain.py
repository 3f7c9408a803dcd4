"""The end of a tenant's trail, and what notes make of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from libs.common.events import AuditNoted
from libs.common.merkle import Range
from services.consent.domain.audit.entry import FIRST_PREV, Entry

UNSIGNED_ENTRIES = 100
UNSIGNED_FOR = timedelta(seconds=60)


@dataclass(frozen=True)
class Head:
    """All that must be known to add to a trail.

    `hash` is that of the last entry, `last` the highest number had of each service. `signed` is
    the size of the last checkpoint; `since` is when the first entry after it was sealed.
    """

    tree: Range = field(default_factory=Range)
    hash: str = FIRST_PREV
    last: Mapping[str, int] = field(default_factory=dict)
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
    """What notes became: the new head, their entries, and how many notes before them are missing.

    A note that comes with a number it has had, or one below, is there already and adds nothing.
    """

    head: Head
    entries: tuple[Entry, ...]
    missing: int = 0


def seal(
    head: Head, noted: Sequence[AuditNoted], people: Mapping[str, str], now: datetime
) -> Sealing:
    """Adds notes to a trail in their order. `people` gives the random id for each keyed code."""
    entries: list[Entry] = []
    prev, last, missing = head.hash, dict(head.last), 0
    for one in noted:
        had = last.get(one.source, 0)
        if one.source_seq <= had:
            continue
        missing += one.source_seq - had - 1
        last[one.source] = one.source_seq
        person = people[one.note.person] if one.note.person else None
        entry = Entry.of(one, head.size + len(entries) + 1, prev, person)
        entries.append(entry)
        prev = entry.hash
    tree = head.tree.adding(bytes.fromhex(entry.hash) for entry in entries)
    since = head.since or (now if entries else None)
    return Sealing(Head(tree, prev, last, head.signed, since), tuple(entries), missing)
