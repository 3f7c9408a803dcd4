"""Templates: texts with places for values, by their names."""

from datetime import datetime

from libs.common.events.personal import PROVE, USER
from libs.common.mongo import Document, Documents, Entity, TenantScope

TEMPLATES = Entity(
    "templates",
    {
        "text": ("string",),
        "updated_at": ("date",),
        "updated_by": ("string",),
    },
    ("text", "updated_at", "updated_by"),
    personal={
        "updated_by": USER.to(PROVE),
    },
    plain=("_id", "text"),
)


class Templates:
    """One tenant's templates. `_id` is the name; what they hold is about nobody yet."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.collection("templates")

    async def get(self, name: str) -> Document | None:
        """One as stored."""
        return await self._rows.get({"_id": name})

    async def put(self, name: str, text: str, by: str, at: datetime) -> None:
        """Writes one, in place of what was there."""
        await self._rows.put({"_id": name, "text": text, "updated_at": at, "updated_by": by})

    async def remove(self, name: str) -> bool:
        """Deletes one; says whether there was one."""
        return await self._rows.remove({"_id": name}) > 0

    async def page(self, after: str | None, limit: int) -> Documents:
        """In the order of their names, from a place on."""
        query: Document = {"_id": {"$gt": after}} if after is not None else {}
        return await self._rows.list(query, sort=[("_id", 1)], limit=limit)
