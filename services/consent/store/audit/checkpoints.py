"""The signed states of a trail."""

from collections.abc import AsyncIterator

from libs.common.events import AuditCheckpointed
from libs.common.mongo import Document, Entity, TenantScope

CHECKPOINTS = Entity(
    "trail_checkpoints",
    {"root": ("string",), "note": ("string",), "at": ("date",)},
    ("root", "note", "at"),
    plain=("_id", "root", "note"),
)


class Checkpoints:
    """One tenant's. `_id` is the size, so that one size has one root."""

    def __init__(self, scope: TenantScope) -> None:
        self._tenant = scope.tenant
        self._rows = scope.collection("trail_checkpoints")

    async def add(self, made: AuditCheckpointed) -> None:
        """Raises DuplicateKeyError where this size has one."""
        told = made.model_dump(include={"root", "note", "at"})
        await self._rows.insert({"_id": made.size, **told})

    async def get(self, size: int) -> AuditCheckpointed | None:
        """That of a size; None where there is none."""
        row = await self._rows.get({"_id": size})
        return self._checkpoint(row) if row else None

    async def over(self, sequence: int) -> AuditCheckpointed | None:
        """The first that is about an entry; None where none is yet."""
        rows = await self._rows.list({"_id": {"$gte": sequence}}, sort=[("_id", 1)], limit=1)
        return self._checkpoint(rows[0]) if rows else None

    async def page(self, below: int | None, limit: int) -> list[AuditCheckpointed]:
        """The latest first, from a size on downwards."""
        query: Document = {} if below is None else {"_id": {"$lt": below}}
        rows = await self._rows.list(query, sort=[("_id", -1)], limit=limit)
        return [self._checkpoint(row) for row in rows]

    async def up_to(self, size: int) -> AsyncIterator[AuditCheckpointed]:
        """Those of this size and below, in order."""
        async for row in self._rows.stream({"_id": {"$lte": size}}, sort=[("_id", 1)]):
            yield self._checkpoint(row)

    def _checkpoint(self, row: Document) -> AuditCheckpointed:
        told = {name: row[name] for name in ("root", "note", "at")}
        return AuditCheckpointed(tenant=self._tenant, size=row["_id"], **told)
