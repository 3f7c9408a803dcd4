"""One person's records, as read from the ledger and as they will be written back."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from libs.common.events import ConsentChanged
from services.consent.domain.ledger.fold import fold
from services.consent.domain.ledger.record import Act, Record
from services.consent.domain.ledger.state import State


@dataclass(frozen=True)
class Book:
    """The records in the order of their `seq`; the first `kept` of them are in the ledger."""

    subject: str
    records: tuple[Record, ...] = ()
    kept: int = 0

    @property
    def version(self) -> int:
        """The `seq` of the last record; 0 for an empty book."""
        return self.records[-1].seq if self.records else 0

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
        return fold(self.records) if self.records else None

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
        for end, record in enumerate(self.records[self.kept :], self.kept + 1):
            yield fold(self.records[:end]).told(self.subject, record.seq)

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
