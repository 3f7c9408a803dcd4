"""The entries of a trail, which are added and never changed."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from libs.common.events import AuditNoted, AuditSealed
from libs.common.events.personal import PROVE, SUBJECT, USER, Personal
from libs.common.mongo import Document, Entity, Index, TenantScope
from services.consent.domain.audit.entry import Entry
from services.consent.domain.audit.identity import Kept, sealed

_EVIDENCE = Personal("evidence", PROVE, "coded")
HASHES_AT_ONCE = 10_000

ENTRIES = Entity(
    "trail_entries",
    {
        "entry": ("string",),
        "hash": ("string",),
        "at": ("date",),
        "action": ("string",),
        "actor": ("string",),
        "person": ("string", "null"),
        "note_id": ("string", "null"),
    },
    ("entry", "hash", "at", "action", "actor"),
    (
        Index((("at", 1),)),
        Index((("actor", 1), ("_id", -1))),
        Index((("person", 1), ("_id", -1))),
    ),
    personal={
        "entry": _EVIDENCE,
        "action": _EVIDENCE,
        "actor": USER.to(PROVE),
        "person": SUBJECT.to(PROVE),
    },
    plain=("_id", "hash", "note_id"),
)


@dataclass(frozen=True)
class Asked:
    """Which entries are asked for; `person` is the random id. None asks for all."""

    action: str | None = None
    actor: str | None = None
    person: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def query(self, below: int | None) -> Document:
        """As the store asks."""
        named = {"action": self.action, "actor": self.actor, "person": self.person}
        query: Document = {name: value for name, value in named.items() if value is not None}
        if below is not None:
            query["_id"] = {"$lt": below}
        ends = {"$gte": self.since, "$lt": self.until}
        within = {end: at for end, at in ends.items() if at is not None}
        return query | ({"at": within} if within else {})


class Entries:
    """One tenant's. `_id` is the sequence, so that a place is taken once."""

    def __init__(self, scope: TenantScope) -> None:
        self._tenant = scope.tenant
        self._rows = scope.collection("trail_entries")

    async def add(self, entries: Sequence[Entry]) -> None:
        """Raises where one of their places is taken."""
        await self._rows.insert_all([_row(entry) for entry in entries])

    async def sealed(self, noted: Sequence[AuditNoted]) -> set[str]:
        """Of these notes the identities of those that have an entry."""
        if not noted:
            return set()
        query = {"at": {"$in": sorted({one.at for one in noted})}}
        rows = await self._rows.list(query, fields={"entry": 1, "note_id": 1})
        return sealed(noted, [Kept(row["entry"], row.get("note_id")) for row in rows])

    async def page(self, asked: Asked, below: int | None, limit: int) -> list[AuditSealed]:
        """The latest first, from a sequence on downwards."""
        rows = await self._rows.list(asked.query(below), sort=[("_id", -1)], limit=limit)
        return [self._kept(row) for row in rows]

    async def between(self, first: int, last: int) -> list[AuditSealed]:
        """Those from one sequence to another, in order."""
        rows = await self._rows.list({"_id": {"$gte": first, "$lte": last}}, sort=[("_id", 1)])
        return [self._kept(row) for row in rows]

    async def hashes(self, size: int) -> list[bytes]:
        """The leaf hashes of the first entries, in order: 32 bytes of each, and no rows of all."""
        return [one async for page in self.pages_of_hashes(size) for one in page]

    async def pages_of_hashes(self, size: int) -> AsyncIterator[list[bytes]]:
        """The same, a page at a time."""
        last, fields, order = 0, {"hash": 1}, [("_id", 1)]
        while last < size:
            query = {"_id": {"$gt": last, "$lte": size}}
            rows = await self._rows.list(query, sort=order, limit=HASHES_AT_ONCE, fields=fields)
            if not rows:
                break
            yield [bytes.fromhex(row["hash"]) for row in rows]
            last = rows[-1]["_id"]

    async def every(self, size: int | None = None) -> AsyncIterator[AuditSealed]:
        """All of them, or those of a trail of this size, in order."""
        query: Document = {} if size is None else {"_id": {"$lte": size}}
        async for row in self._rows.stream(query, sort=[("_id", 1)]):
            yield self._kept(row)

    async def latest(self) -> AsyncIterator[AuditSealed]:
        """All of them, the last one first."""
        async for row in self._rows.stream({}, sort=[("_id", -1)]):
            yield self._kept(row)

    def _kept(self, row: Document) -> AuditSealed:
        return AuditSealed(
            tenant=self._tenant, sequence=row["_id"], entry=row["entry"], hash=row["hash"]
        )


def _row(entry: Entry) -> Document:
    note = entry.noted.note
    return {
        "_id": entry.sequence,
        "entry": entry.text,
        "hash": entry.hash,
        "at": entry.noted.at,
        "action": note.action,
        "actor": note.actor,
        "person": entry.person,
        "note_id": entry.noted.note_id,
    }
