"""Walking along a trail: numbers without a gap, each entry holding the hash of the one before."""

from collections.abc import Iterator, Sequence

from .counting import Counting
from .findings import Code, Finding
from .records import Sealed

BEFORE_THE_FIRST = "0" * 64


class Chain:
    """The entries of one tenant up to the first that is wrong.

    `leaves` are the hashes of the good ones, `counting` what their sources counted, `broken` the
    end of it.
    """

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant
        self.leaves: list[bytes] = []
        self.counting = Counting()
        self.broken: Finding | None = None

    def take(self, records: Sequence[Sealed]) -> list[Sealed]:
        """Goes on with records in the order in which they lie; returns the entries that were new.

        What lies behind a fault tells what happened, so the more is given at once the better.
        """
        new: list[Sealed] = []
        for index, record in enumerate(records):
            if self.broken is None and not self._is_repeated(record):
                self.broken = self._fault(record, records, index)
                if self.broken is None:
                    self._append(record)
                    new.append(record)
        return new

    def _is_repeated(self, record: Sealed) -> bool:
        """A broker delivers at least once: the same entry again is no fault."""
        number = record.number
        known = number is not None and 0 < number <= len(self.leaves)
        return known and not record.fault and self.leaves[(number or 0) - 1] == record.leaf

    def _append(self, record: Sealed) -> None:
        self.leaves.append(record.leaf)
        source, counted = record.fields["source"], record.fields["source_seq"]
        self.counting.take(len(self.leaves), source, counted)

    def _fault(self, record: Sealed, records: Sequence[Sealed], index: int) -> Finding | None:
        due, number = len(self.leaves) + 1, record.number
        if number is None or number < 1:
            return _altered(due, record.fault or "its number is none")
        if number > due:
            return _ahead(due, number, records[index + 1 :])
        foreign = record.fields.get("tenant") != self.tenant
        if record.fault or foreign:
            return _altered(number, record.fault or "it belongs to another tenant")
        if number < due:
            return _forked(number)
        if record.fields["prev"] == (self.leaves[-1].hex() if self.leaves else BEFORE_THE_FIRST):
            return None
        return _loose(due, record, records[index + 1 :])


def _numbered(number: int, records: Sequence[Sealed]) -> Iterator[Sealed]:
    return (record for record in records if record.number == number and not record.fault)


def _loose(due: int, record: Sealed, behind: Sequence[Sealed]) -> Finding:
    """What is wrong where the entry that is due does not hold on to the one before it."""
    if any(other.leaf != record.leaf for other in _numbered(due, behind)):
        return _forked(due)
    following = _numbered(due + 1, behind)
    if due > 1 and any(other.fields["prev"] == record.leaf.hex() for other in following):
        return _altered(due - 1, "another was put in its place, which the next one denies")
    return _altered(due, "it does not hold the hash of the one before it")


def _altered(number: int, why: str) -> Finding:
    return Finding(Code.ALTERED, number, f"entry {number} is not as it was sealed: {why}")


def _forked(number: int) -> Finding:
    return Finding(Code.FORK, number, f"there are two different entries with the number {number}")


def _ahead(due: int, number: int, behind: Sequence[Sealed]) -> Finding:
    if any(record.number == due for record in behind):
        return Finding(Code.FORK, due, f"entry {due} lies behind entry {number}: out of order")
    missing = f"entry {due} is" if number == due + 1 else f"entries {due} to {number - 1} are"
    return Finding(Code.GAP, due, f"{missing} missing: entry {number} lies in that place")
