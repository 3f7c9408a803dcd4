"""One person's records, as read from the ledger and as they will be written back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from libs.common.events import ConsentChanged
from services.consent.domain.ledger.fold import fold
from services.consent.domain.ledger.folded import Folded
from services.consent.domain.ledger.record import Act, Record
from services.consent.domain.ledger.state import State


@dataclass(frozen=True)
class Book:
    """The records in the order of their `seq`; the first `kept` of them are in the ledger.

    `base` stands for the records before them where those were not read. Such a book is for an act
    that comes after them all and is none of them.
    """

    subject: str
    records: tuple[Record, ...] = ()
    kept: int = 0
    base: Folded | None = None

    @property
    def version(self) -> int:
        """The `seq` of the last record; 0 for an empty book."""
        if self.records:
            return self.records[-1].seq
        return self.base.seq if self.base else 0

    @property
    def fresh(self) -> tuple[Record, ...]:
        """The records that the ledger does not have yet."""
        return self.records[self.kept :]

    @property
    def told(self) -> ConsentChanged | None:
        """The state as everybody is told."""
        return self.state.told(self.subject, self.version) if self.state else None

    @property
    def state(self) -> State | None:
        """What the person allows; None where nothing was ever said."""
        return self.folded.state if self.folded else None

    @property
    def folded(self) -> Folded | None:
        """What the records come to; None where nothing was ever said."""
        return self._folds[-1]

    @cached_property
    def _folds(self) -> tuple[Folded | None, ...]:
        """What the ledger's records come to, and then what they do with each fresh one."""
        folds = [fold(self.records[: self.kept], self.base) if self.kept else self.base]
        for end, record in enumerate(self.fresh, self.kept + 1):
            last = folds[-1]
            if last is None or last.precedes(record):
                folds.append(fold([record], last))
            else:
                folds.append(fold(self.records[:end], self.base))
        return tuple(folds)

    def has(self, record_id: str) -> bool:
        """Whether the act with this id is written down."""
        return any(record.id == record_id for record in self.records)

    def record(self, record_id: str) -> Record:
        """The record with this id. Raises StopIteration where there is none."""
        return next(record for record in self.records if record.id == record_id)

    def adding(self, act: Act, now: datetime) -> "Book":
        """The book with one more record; the same act twice is one record."""
        if self.has(act.id):
            return self
        record = Record(**dict(act), subject=self.subject, seq=self.version + 1, recorded_at=now)
        return replace(self, records=(*self.records, record))

    def changes(self) -> Iterator[ConsentChanged]:
        """The state after each fresh record: versions have no gaps."""
        for folded in self._folds[1:]:
            if folded:
                yield folded.state.told(self.subject, folded.seq)

    def refuses(self, act: Act) -> bool:
        """Whether the person has withdrawn what the act is about, then or later."""
        return any(
            record.action == "withdraw"
            and record.at >= act.at
            and (record.purpose == "all" or _alike(record, act))
            for record in self.records
        )


def _alike(one: Act, other: Act) -> bool:
    return (one.purpose, one.channel) == (other.purpose, other.channel)
