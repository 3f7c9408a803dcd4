"""The end of a tenant's trail, and what notes make of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from libs.common.events import AuditNoted
from libs.common.merkle import Range
from services.consent.domain.audit.entry import FIRST_PREV, Entry
from services.consent.domain.audit.identity import identity
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

    @property
    def missing(self) -> int:
        """How many notes never came, as far as is remembered."""
        return sum(known.missing for known in self.counted.values())

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

    def with_entries(
        self, entries: Sequence[Entry], counted: Mapping[str, Numbers], now: datetime
    ) -> "Head":
        """The head once they are behind it."""
        if not entries:
            return self
        tree = self.tree.adding(bytes.fromhex(entry.hash) for entry in entries)
        return Head(tree, entries[-1].hash, counted, self.signed, self.since or now)

    def checkpointed(self) -> "Head":
        """The head once a checkpoint is made of it."""
        return replace(self, signed=self.size, since=None)


@dataclass(frozen=True)
class Sealing:
    """What notes became: the new head, and their entries.

    `missing` is how many notes before them have not come, `late` how many of them were missed
    before: such a note stands where it came, under its own number. `again` are the entries of
    notes whose number another note had before, `begun` those of them with which that begins.
    """

    head: Head
    entries: tuple[Entry, ...]
    missing: int = 0
    late: int = 0
    again: tuple[Entry, ...] = ()
    begun: tuple[Entry, ...] = ()


def seal(
    head: Head,
    noted: Sequence[AuditNoted],
    people: Mapping[str, str],
    now: datetime,
    others: Collection[str] = (),
) -> Sealing:
    """Adds notes to a trail in their order.

    `people` gives the random id of whom a note names, by its identity.

    A note that comes again adds nothing. `others` are the identities of notes that are known not
    to be those which had their numbers before: they are added.
    """
    seen, fresh = set[str](), set[tuple[str, int]]()
    entries, again, begun = list[Entry](), list[Entry](), list[Entry]()
    prev, counted, missing, late = head.hash, dict(head.counted), 0, 0
    for one in noted:
        known, told = counted.get(one.source, Numbers()), identity(one)
        place = one.source, one.source_seq
        used = known.has(one.source_seq)
        if told in seen or (used and told not in others and place not in fresh):
            continue
        seen.add(told)
        person = people[told] if one.note.person else None
        entry = Entry.of(one, head.size + len(entries) + 1, prev, person)
        entries.append(entry)
        prev = entry.hash
        if used:
            again.append(entry)
            begun += [entry] if known.begins_again(one.source_seq) else []
            counted[one.source] = known.having_again(one.source_seq)
        else:
            fresh.add(place)
            missing += known.skipped(one.source_seq)
            late += one.source_seq <= known.last
            counted[one.source] = known.having(one.source_seq)
    moved = head.with_entries(entries, counted, now)
    return Sealing(moved, tuple(entries), missing, late, tuple(again), tuple(begun))
