"""A person leaves: their records go, others that hold the number lose it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from libs.common.events import ErasureOrdered
from libs.common.mongo import Document, Documents, TenantScope
from libs.common.privacy.erasing import take_out
from services.matcher.domain.keys import Lookups

MOST = 500
"""Records of one round: all their numbers have to fit into its answer."""


@dataclass(frozen=True)
class Parted:
    """Ids of the records that went, the records that lost the number, and numbers left alone.

    `others` are the codes of further numbers that no record has any more.
    """

    removed: tuple[str, ...] = ()
    changed: tuple[Document, ...] = ()
    others: frozenset[str] = frozenset()


class Erasing:
    """One tenant's customers and faults."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.collection("customers")
        self._faults = scope.collection("faults")

    async def holders(self, subject: str) -> tuple[str, ...]:
        """Ids of the records with the number, sorted; `MOST` at the most."""
        rows = await self._rows.list({"codes": subject}, limit=MOST, fields={"_id": 1})
        return tuple(sorted(row["_id"] for row in rows))

    async def customers(self, order: ErasureOrdered, at: datetime) -> Parted:
        """Deletes the records with the number that the order names, or all where it names none.

        Those written on a new basis since are another matter.
        """
        holding = await self._rows.list({"codes": order.subject}, limit=MOST)
        meant = [row for row in holding if not _renewed(row, order.at)]
        named = order.customers
        gone = [row for row in meant if named is None or row["_id"] in named]
        kept = [row for row in meant if named is not None and row["_id"] not in named]
        removed = tuple(row["_id"] for row in gone)
        if removed:
            await self._rows.remove({"_id": {"$in": list(removed)}})
        changed = [await self._without(row, order.subject, at) for row in kept]
        others = frozenset(await self._alone(_numbers(gone) - {order.subject}))
        return Parted(removed, tuple(changed), others)

    async def faults(self, subject: str, customers: Collection[str]) -> int:
        """Deletes what was wrong in lines of this person; says how many."""
        of_number = await take_out(self._faults, {"subjects": subject})
        of_line = {"customer": {"$in": list(customers)}}
        return of_number + (await take_out(self._faults, of_line) if customers else 0)

    async def _without(self, row: Document, subject: str, at: datetime) -> Document:
        numbers = [one for one in row["numbers"] if one["codes"]["exact"] != subject]
        if numbers and not any(one["primary"] for one in numbers):
            numbers[0]["primary"] = True
        told = {
            "numbers": numbers,
            "codes": sorted({code for one in numbers for code in Lookups(**one["codes"]).all()}),
            "subject": numbers[0]["codes"]["exact"] if numbers else None,
            "fingerprint": "",  # it was made of the number too
            "updated_at": at,
        }
        changed = await self._rows.change(
            {"_id": row["_id"]}, {"$set": told, "$inc": {"version": 1}}
        )
        assert changed is not None  # noqa: S101 - it was read in the same transaction
        return changed

    async def _alone(self, numbers: set[str]) -> set[str]:
        if not numbers:
            return set()
        rows = await self._rows.list({"codes": {"$in": list(numbers)}}, fields={"codes": 1})
        return numbers - {code for row in rows for code in row["codes"]}


def _renewed(row: Document, at: datetime) -> bool:
    since: datetime | None = row.get("renewed_at")
    return since is not None and since > at


def _numbers(rows: Documents) -> set[str]:
    return {number["codes"]["exact"] for row in rows for number in row["numbers"]}
