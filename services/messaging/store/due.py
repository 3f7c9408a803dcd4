"""What must be looked at, and when: the ids of all tenants' unfinished messages, and no more.

It belongs to the service as a whole, so that a job finds what is due without asking every
tenant. The message itself lies with its tenant, and decides.
"""

from dataclasses import dataclass
from datetime import datetime

from libs.common.mongo import Document, Entity, Index, TenantScope, before

DUE = Entity(
    "due",
    {
        "tenant": ("string",),
        "message": ("string",),
        "state": ("string",),
        "at": ("date",),
        "verdict": ("object",),
    },
    ("tenant", "message", "state", "at"),
    (Index((("state", 1), ("at", 1), ("_id", 1))),),
)
IN_DOUBT = ("sending", "unknown", "accepted", "sent", "settled")


@dataclass(frozen=True, slots=True)
class Due:
    """A message at which somebody must look: it is in `state`, since or from `at` on."""

    tenant: str
    message: str
    state: str
    at: datetime

    @property
    def id(self) -> str:
        """Its row."""
        return f"{self.tenant}:{self.message}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an operator says became of a message."""

    sent: bool
    by: str
    reason: str


class Dues:
    """All of them; what is written is the scope's own tenant's."""

    def __init__(self, scope: TenantScope) -> None:
        self._tenant = scope.tenant
        self._rows = scope.shared("due")

    async def set(self, message: str, state: str, at: datetime | None) -> None:
        """Notes when to look at a message of this tenant; None is never again."""
        key = f"{self._tenant}:{message}"
        if at is None:
            await self._rows.remove({"_id": key})
        else:
            row = {"_id": key, "tenant": self._tenant, "message": message, "state": state, "at": at}
            await self._rows.put(row)

    async def forget(self, due: Due) -> None:
        """Nobody need look any more."""
        await self._rows.remove({"_id": due.id})

    async def queued(self, now: datetime, limit: int) -> list[Due]:
        """What may be sent by now, the longest due first."""
        return await self._list({"state": "queued", "at": {"$lte": now}}, limit)

    async def in_doubt(self, now: datetime, limit: int) -> list[Due]:
        """What was given out of hand and not been heard of in its time, the longest due first."""
        return await self._list({"state": {"$in": list(IN_DOUBT)}, "at": {"$lte": now}}, limit)

    async def oldest(self) -> datetime | None:
        """Since when the longest waiting one is due."""
        rows = await self._rows.list({"state": "queued"}, sort=[("at", 1)], limit=1)
        return rows[0]["at"] if rows else None

    async def reviews(self, after: tuple[datetime, str] | None, limit: int) -> list[Due]:
        """What people must look at, the latest first, from a place (time and row) on."""
        query: Document = {"state": "needs_review", **before("at", after)}
        rows = await self._rows.list(query, sort=[("at", -1), ("_id", -1)], limit=limit)
        return [_due(row) for row in rows]

    async def settle(self, tenant: str, message: str, verdict: Verdict, at: datetime) -> bool:
        """Leaves an operator's word for the job; says whether it is one for review."""
        there = {"_id": f"{tenant}:{message}", "state": "needs_review"}
        said = {"sent": verdict.sent, "by": verdict.by, "reason": verdict.reason}
        update = {"$set": {"state": "settled", "at": at, "verdict": said}}
        return await self._rows.change(there, update) is not None

    async def verdict(self, due: Due) -> Verdict | None:
        """What an operator said of it."""
        row = await self._rows.get({"_id": due.id, "state": "settled"})
        return Verdict(**row["verdict"]) if row else None

    async def _list(self, query: Document, limit: int) -> list[Due]:
        rows = await self._rows.list(query, sort=[("at", 1), ("_id", 1)], limit=limit)
        return [_due(row) for row in rows]


def _due(row: Document) -> Due:
    return Due(row["tenant"], row["message"], row["state"], row["at"])
