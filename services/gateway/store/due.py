"""Which deliveries are to be tried, and when: the ids of all tenants' pending ones, and no more.

It belongs to the service as a whole, so that a job finds what is due without asking every tenant.
The delivery itself lies with its tenant, and decides.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from libs.common.mongo import Entity, Index, TenantScope
from services.gateway.domain.hooks.delivery import Delivery

DUE = Entity(
    "due",
    {"tenant": ("string",), "delivery": ("string",), "webhook": ("string",), "at": ("date",)},
    ("tenant", "delivery", "webhook", "at"),
    (Index((("at", 1), ("_id", 1))),),
    plain=("_id", "tenant", "delivery", "webhook"),
)


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that is to be tried from `at` on."""

    tenant: str
    delivery: str
    webhook: str
    at: datetime

    @property
    def id(self) -> str:
        """Its row."""
        return f"{self.tenant}:{self.delivery}"


class Dues:
    """All of them; what is written is the scope's own tenant's."""

    def __init__(self, scope: TenantScope) -> None:
        self._tenant = scope.tenant
        self._rows = scope.shared("due")

    async def set(self, deliveries: Iterable[Delivery]) -> None:
        """Notes when to try each of these; what is not to be tried any more is let go."""
        wanted = [one for one in deliveries if one.next_at is not None]
        await self._rows.put_all(
            [
                {
                    "_id": f"{self._tenant}:{one.id}",
                    "tenant": self._tenant,
                    "delivery": one.id,
                    "webhook": one.webhook,
                    "at": one.next_at,
                }
                for one in wanted
            ]
        )

    async def end(self, deliveries: Sequence[str]) -> None:
        """Nobody need try these of this tenant any more."""
        if deliveries:
            ids = [f"{self._tenant}:{one}" for one in deliveries]
            await self._rows.remove({"_id": {"$in": ids}})

    async def claim(self, due: Due, until: datetime) -> bool:
        """Takes it in hand until then, unless another process was faster."""
        return await self._rows.update({"_id": due.id, "at": due.at}, {"$set": {"at": until}})

    async def forget(self, due: Due) -> None:
        """Nobody need look any more, whoever's it is."""
        await self._rows.remove({"_id": due.id})

    async def waiting(
        self, now: datetime, limit: int, webhooks: Collection[str], tenants: Collection[str]
    ) -> list[Due]:
        """What is to be tried by now, the longest due first, but nothing of these, which are busy.

        So an endpoint with a long queue hides nothing of the others.
        """
        others = {"webhook": {"$nin": sorted(webhooks)}, "tenant": {"$nin": sorted(tenants)}}
        query = {"at": {"$lte": now}, **others}
        rows = await self._rows.list(query, sort=[("at", 1), ("_id", 1)], limit=limit)
        return [Due(row["tenant"], row["delivery"], row["webhook"], row["at"]) for row in rows]
