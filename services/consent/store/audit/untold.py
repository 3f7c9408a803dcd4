"""What of the trails nobody has been told yet, of all tenants.

The outbox keeps no order between processes, and a trail told out of order reads like one that was
tampered with. So one process at a time tells, from these rows.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from libs.common.mongo import Document, Entity, Lease, TenantScope

UNTOLD = Entity(
    "untold",
    {"tenant": ("string",), "first": ("int", "long", "null"), "last": ("int", "long")},
    ("tenant", "first", "last"),
    plain=("_id", "tenant"),
)

_WORK = "telling"
TURN = timedelta(seconds=10)
"""How long one process has the right to tell; with more than half to go it is not renewed."""


@dataclass(frozen=True)
class Part:
    """Entries from `first` to `last`; or, without a first, the checkpoint of the size `last`."""

    id: str
    tenant: str
    first: int | None
    last: int


class Untold:
    """Rows that sort, within a tenant, as they are to be told: a checkpoint after its entries."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.shared("untold")
        self._leases = scope.shared("leases")

    def turn(self) -> Lease:
        """The right to tell."""
        return Lease(self._leases, _WORK, TURN)

    async def add_entries(self, tenant: str, first: int, last: int) -> None:
        """Notes that these entries were sealed."""
        await self._add(tenant, first, last)

    async def add_checkpoint(self, tenant: str, size: int) -> None:
        """Notes that this size was signed."""
        await self._add(tenant, None, size)

    async def next(self, limit: int, after: str = "", without: Collection[str] = ()) -> list[Part]:
        """What is to be told, in order within each tenant: of those after one, without others."""
        query: Document = {"_id": {"$gt": f"{after};"}} if after else {}  # it follows the colon
        if without:
            query["tenant"] = {"$nin": sorted(without)}
        rows = await self._rows.list(query, sort=[("_id", 1)], limit=limit)
        return [Part(row["_id"], row["tenant"], row["first"], row["last"]) for row in rows]

    async def forget(self, part: Part) -> None:
        """Takes a part off: it was told."""
        await self._rows.remove({"_id": part.id})

    async def _add(self, tenant: str, first: int | None, last: int) -> None:
        place = f"{tenant}:{last:016d}:{'entries' if first else 'signed'}"
        row = {"_id": place, "tenant": tenant, "first": first, "last": last}
        await self._rows.insert(row)
