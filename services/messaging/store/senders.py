"""Senders: the registrations of names, and how fast each sender may send."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from libs.common.mongo import Document, Entity, TenantScope
from services.messaging.domain.setbacks import Setback

SENDERS = Entity(
    "senders",
    {
        "registration": ("object", "null"),
        "tokens": ("double", "int", "null"),
        "at": ("date", "null"),
        "held_until": ("date", "null"),
        "setback": ("object", "null"),
    },
    plain=("_id", "registration", "setback"),
)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a sender may send: tokens left at a time, and until when it rests."""

    tokens: float | None = None
    at: datetime | None = None
    held_until: datetime | None = None
    setback: Setback | None = None


class Senders:
    """One tenant's senders. `_id` is a number in E.164, or a name of letters.

    Messaging profiles, by their ids, are among them: they have no pace, and rest as senders do.
    """

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
        return (await self.paces([value]))[value]

    async def paces(self, values: Sequence[str]) -> dict[str, Pace]:
        """How fast each of these may send."""
        rows = await self._rows.list({"_id": {"$in": list(values)}})
        known = {row["_id"]: row for row in rows}
        return {value: _pace(known.get(value, {})) for value in values}

    async def spend(self, value: str, tokens: float, at: datetime) -> None:
        """Keeps what is left of its tokens."""
        await self._rows.update(
            {"_id": value}, {"$set": {"tokens": float(tokens), "at": at}}, upsert=True
        )

    async def hold(self, value: str, until: datetime) -> None:
        """Lets it rest; a shorter rest does not end a longer one."""
        await self._rows.update({"_id": value}, {"$max": {"held_until": until}}, upsert=True)

    async def set_back(self, value: str, setback: Setback) -> None:
        """Keeps what the provider refuses it for, and how that stands."""
        await self._rows.update({"_id": value}, {"$set": {"setback": asdict(setback)}}, upsert=True)

    async def recover(self, value: str) -> None:
        """The provider takes its messages again."""
        setback = (await self.pace(value)).setback
        if setback is not None:
            await self.set_back(value, setback.ended())


def _pace(row: Document) -> Pace:
    told = row.get("setback")
    setback = Setback(**told) if told else None
    return Pace(row.get("tokens"), row.get("at"), row.get("held_until"), setback)
