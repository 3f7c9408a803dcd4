"""What has been kept long enough goes, in batches, each with the note that is its evidence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from libs.common import clock, merkle
from libs.common.events import Note
from libs.common.mongo import Collection, Document, Documents, Entity, Kept, TenantScope, Work
from libs.common.privacy.periods import Period, Periods

BATCH: Final = 500
"""Documents of one unit of work: a transaction has five seconds."""


@dataclass(frozen=True)
class Sweep:
    """One rule of one collection, carried out by a service."""

    service: str
    entity: Entity
    kept: Kept

    async def batch(self, scope: TenantScope, work: Work) -> int:
        """Takes out what is due, `BATCH` at the most, the oldest first; says how many.

        The period is read in the transaction that deletes. Of two that meet at a document, one
        begins again, and finds it gone.
        """
        period = await Periods(scope).get(self.kept.category, work.tenant)
        rows = scope.collection(self.entity.name)
        order = [(self.kept.since, 1)]
        # Packages are large: nobody reads them here.
        fields = None if self.kept.leaving else {self.kept.since: 1}
        query = self.due(period, work.now)
        due = await rows.list(query, sort=order, limit=BATCH, fields=fields)
        if due:
            await self._take_out(rows, due)
            along = await self.kept.leaving(scope, due, work) if self.kept.leaving else {}
            work.note(self._evidence(due, along, period))
        return len(due)

    def due(self, period: Period, now: datetime) -> Document:
        """The query for documents whose period is over.

        It names the types, which tells the server that an index of those with a value will do.
        """
        over = now - timedelta(days=period.days)
        query: Document = {self.kept.since: {"$lt": over, "$type": "date"}}
        if self.kept.emptied:
            query[self.kept.emptied] = {"$type": _held(self.entity, self.kept.emptied)}
        if self.kept.spared:
            name, values = self.kept.spared
            query[name] = {"$nin": sorted(values)}
        return query

    async def _take_out(self, rows: Collection, due: Documents) -> None:
        ids = [row["_id"] for row in due]
        if self.kept.emptied:
            emptied = {"$set": {self.kept.emptied: None}}
            await rows.change_all([({"_id": key}, emptied) for key in ids])
        else:
            await rows.remove({"_id": {"$in": ids}})

    def _evidence(self, due: Documents, along: Mapping[str, int], period: Period) -> Note:
        since = self.kept.since
        return Note(
            action="retention.swept",
            actor=f"service:{self.service}",
            facts={
                "category": self.kept.category,
                "collection": self.entity.name,
                "means": f"{self.kept.emptied} emptied" if self.kept.emptied else "deleted",
                "documents": len(due),
                "oldest": clock.rfc3339(due[0][since]),
                "newest": clock.rfc3339(due[-1][since]),
                "period_days": period.days,
                "policy_version": period.version,
                "root": root(row["_id"] for row in due),
                **{f"with_{name}": count for name, count in along.items() if count},
            },
        )


def sweeps(service: str, entities: Iterable[Entity]) -> tuple[Sweep, ...]:
    """All rules of a service."""
    return tuple(Sweep(service, entity, kept) for entity in entities for kept in entity.kept)


def root(ids: Iterable[str]) -> str:
    """The root of the RFC 9162 tree over the ids in their order as text, in hex."""
    return merkle.root([merkle.leaf(key.encode()) for key in sorted(ids)]).hex()


def _held(entity: Entity, name: str) -> str:
    """The BSON type of what is to be emptied."""
    (kind,) = (kind for kind in entity.fields[name] if kind != "null")
    return kind
