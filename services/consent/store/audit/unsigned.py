"""Which trails have grown since their last checkpoint, of all tenants."""

from datetime import datetime

from libs.common.mongo import Entity, Index, TenantScope
from services.consent.domain.audit.chain import UNSIGNED_ENTRIES, UNSIGNED_FOR, Head

UNSIGNED = Entity(
    "unsigned",
    {"entries": ("int", "long"), "since": ("date",)},
    ("entries", "since"),
    (Index((("since", 1),)),),
    plain=("_id",),
)


class Unsigned:
    """A row per trail, by the tenant's id: how many entries, and since when."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.shared("unsigned")

    async def put(self, tenant: str, head: Head) -> None:
        """Notes what a trail has become."""
        now = {"entries": head.unsigned, "since": head.since}
        await self._rows.update({"_id": tenant}, {"$set": now}, upsert=True)

    async def due(self, now: datetime) -> list[str]:
        """The tenants whose trails want a checkpoint."""
        enough = {"entries": {"$gte": UNSIGNED_ENTRIES}}
        long = {"since": {"$lte": now - UNSIGNED_FOR}}
        rows = await self._rows.list({"$or": [enough, long]}, sort=[("since", 1)])
        return [row["_id"] for row in rows]

    async def oldest(self) -> datetime | None:
        """Since when the longest unsigned entry waits."""
        rows = await self._rows.list({}, sort=[("since", 1)], limit=1)
        return rows[0]["since"] if rows else None

    async def forget(self, tenant: str) -> None:
        """Takes a trail off: it is signed, or gone."""
        await self._rows.remove({"_id": tenant})
