"""Safeguards: what lets an agency's texts, which leave the country, go to a region's people.

Source: Saudi PDPL, Art. 29 and its Regulation on transfers: a transfer needs a safeguard.
"""

from datetime import datetime

from libs.common.events.personal import PROVE, USER
from libs.common.mongo import Document, Documents, Entity, TenantScope

SAFEGUARDS = Entity(
    "safeguards",
    {
        "kind": ("string",),
        "reference": ("string",),
        "valid_from": ("date",),
        "valid_to": ("date", "null"),
        "updated_at": ("date",),
        "updated_by": ("string",),
    },
    ("kind", "reference", "valid_from", "updated_at", "updated_by"),
    personal={
        "updated_by": USER.to(PROVE),
    },
    plain=("_id", "kind", "reference"),
)


class Safeguards:
    """One tenant's safeguards. `_id` is the region."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.collection("safeguards")

    async def active(self, region: str, at: datetime) -> bool:
        """Whether the region has one that is in force."""
        row = await self._rows.get({"_id": region, "valid_from": {"$lte": at}})
        return row is not None and (row["valid_to"] is None or at < row["valid_to"])

    async def put(self, region: str, safeguard: Document) -> None:
        """Writes one, in place of what was there."""
        await self._rows.put({"_id": region, **safeguard})

    async def remove(self, region: str) -> bool:
        """Deletes one; says whether there was one."""
        return await self._rows.remove({"_id": region}) > 0

    async def page(self, after: str | None, limit: int) -> Documents:
        """In the order of their regions, from a place on."""
        query: Document = {"_id": {"$gt": after}} if after is not None else {}
        return await self._rows.list(query, sort=[("_id", 1)], limit=limit)
