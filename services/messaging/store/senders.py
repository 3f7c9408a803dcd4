"""Senders: the registrations of names, and how fast each sender may send."""

from dataclasses import dataclass
from datetime import datetime

from libs.common.mongo import Document, Entity, TenantScope

SENDERS = Entity(
    "senders",
    {
        "registration": ("object", "null"),
        "tokens": ("double", "int", "null"),
        "at": ("date", "null"),
        "held_until": ("date", "null"),
    },
)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a sender may send: tokens left at a time, and until when it rests."""

    tokens: float | None = None
    at: datetime | None = None
    held_until: datetime | None = None


class Senders:
    """One tenant's senders. `_id` is a number in E.164, or a name of letters."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.collection("senders")

    async def register(self, value: str, registration: Document) -> None:
        """Keeps where a name is registered, in place of what was kept."""
        await self._rows.update(
            {"_id": value}, {"$set": {"registration": registration}}, upsert=True
        )

    async def strike(self, value: str) -> bool:
        """Forgets a registration and says whether there was one; the pace stays."""
        query = {"_id": value, "registration": {"$ne": None}}
        return await self._rows.update(query, {"$set": {"registration": None}})

    async def registration(self, value: str) -> Document | None:
        """Where a name is registered: `authority`, `reference`, `registered_at`."""
        row = await self._rows.get({"_id": value})
        found: Document | None = row.get("registration") if row else None
        return found

    async def page(self, after: str | None, limit: int) -> list[tuple[str, Document]]:
        """The registered names in their order, from a place on."""
        query: Document = {"registration": {"$ne": None}}
        if after is not None:
            query["_id"] = {"$gt": after}
        rows = await self._rows.list(query, sort=[("_id", 1)], limit=limit)
        return [(row["_id"], row["registration"]) for row in rows]

    async def pace(self, value: str) -> Pace:
        """How fast it may send."""
        row = await self._rows.get({"_id": value}) or {}
        return Pace(row.get("tokens"), row.get("at"), row.get("held_until"))

    async def spend(self, value: str, tokens: float, at: datetime) -> None:
        """Keeps what is left of its tokens."""
        await self._rows.update(
            {"_id": value}, {"$set": {"tokens": float(tokens), "at": at}}, upsert=True
        )

    async def hold(self, value: str, until: datetime) -> None:
        """Lets it rest; a shorter rest does not end a longer one."""
        await self._rows.update({"_id": value}, {"$max": {"held_until": until}}, upsert=True)
