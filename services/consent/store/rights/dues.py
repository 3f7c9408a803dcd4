"""What must be looked at, and when: ids of all tenants' requests and erasures, and no more.

It belongs to the service as a whole, so that a job finds what is due without asking every tenant.
"""

from dataclasses import dataclass
from datetime import datetime

from libs.common.mongo import Document, Entity, Index, TenantScope

DUE = Entity(
    "due",
    {"tenant": ("string",), "what": ("string",), "at": ("date",)},
    ("tenant", "what", "at"),
    (Index((("at", 1), ("_id", 1))),),
    plain=("_id", "tenant", "what"),
)

ERASURE = "era_"
"""What the ids of erasures begin with."""


@dataclass(frozen=True, slots=True)
class Due:
    """A request or an erasure (their ids differ in what they begin with), due from `at` on."""

    tenant: str
    what: str
    at: datetime


class Dues:
    """All of them; what is set is the scope's own tenant's."""

    def __init__(self, scope: TenantScope) -> None:
        self._tenant = scope.tenant
        self._rows = scope.shared("due")

    async def set(self, what: str, at: datetime | None) -> None:
        """Notes when to look at something of this tenant; None is never again."""
        key = f"{self._tenant}:{what}"
        if at is None:
            await self._rows.remove({"_id": key})
        else:
            await self._rows.put({"_id": key, "tenant": self._tenant, "what": what, "at": at})

    async def now(self, now: datetime, limit: int) -> list[Due]:
        """What is due, whoever's it is, the longest due first."""
        query: Document = {"at": {"$lte": now}}
        rows = await self._rows.list(query, sort=[("at", 1), ("_id", 1)], limit=limit)
        return [Due(row["tenant"], row["what"], row["at"]) for row in rows]

    async def erasures(self) -> list[Due]:
        """Those of erasures, whoever's they are: each has one until it has ended."""
        rows = await self._rows.list({"what": {"$gte": ERASURE, "$lt": f"{ERASURE}~"}})
        return [Due(row["tenant"], row["what"], row["at"]) for row in rows]

    async def postpone(self, due: Due, until: datetime) -> None:
        """Looks later, whoever's it is, where nothing has changed."""
        query = {"_id": f"{due.tenant}:{due.what}", "at": due.at}
        await self._rows.update(query, {"$set": {"at": until}})

    async def drop(self, due: Due) -> None:
        """Nobody need look any more, whoever's it was."""
        await self._rows.remove({"_id": f"{due.tenant}:{due.what}"})
