"""How long a tenant's data of each category is kept: as its profile says, or shorter."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from libs.common import profiles
from libs.common.events import RetentionOrdered, TenantSaved
from libs.common.mongo import Document, Entity, TenantScope, Work

SWEPT: Final = frozenset(
    {"calls", "customers", "messages", "message_texts", "packages", "requests"}
)
"""Categories that sweeps see to, and of which a tenant may want a shorter period."""

PERIODS = Entity(
    "periods",
    {"days": ("int", "long", "null"), "version": ("int", "long"), "at": ("date",)},
    ("version", "at"),
    plain=("_id",),
)


@dataclass(frozen=True, slots=True)
class Period:
    """In whole days. `ceiling` is the profile's, `own` the tenant's where it wants a shorter one.

    `version` counts the tenant's changes; 0 is before the first.
    """

    category: str
    ceiling: int
    own: int | None = None
    version: int = 0

    @property
    def days(self) -> int:
        """The one in force."""
        return self.ceiling if self.own is None else min(self.own, self.ceiling)


class Periods:
    """One tenant's. `_id` is the category."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.collection(PERIODS.name)

    async def get(self, category: str, tenant: TenantSaved) -> Period:
        """The period of one category. Raises KeyError for one that the profile does not know."""
        ceiling = profiles.load(tenant.profile).kept_days[category]
        return _period(category, ceiling, await self._rows.get({"_id": category}))

    async def all(self, tenant: TenantSaved) -> list[Period]:
        """Those of all categories that the profile knows, by name."""
        known = {row["_id"]: row for row in await self._rows.list({})}
        ceilings = sorted(profiles.load(tenant.profile).kept_days.items())
        return [_period(name, ceiling, known.get(name)) for name, ceiling in ceilings]

    async def take(self, order: RetentionOrdered, at: datetime) -> None:
        """Keeps what is ordered; an older order than the one that is known is passed over."""
        known = await self._rows.get({"_id": order.category})
        if known is None or known["version"] < order.version:
            told = {"days": order.days, "version": order.version, "at": at}
            await self._rows.put({"_id": order.category, **told})


async def keep_period(order: RetentionOrdered, store: Any, work: Work) -> None:
    """The handler of every service that sweeps: `store.periods` are its Periods."""
    await store.periods.take(order, work.now)


def _period(category: str, ceiling: int, row: Document | None) -> Period:
    if row is None:
        return Period(category, ceiling)
    return Period(category, ceiling, row.get("days"), row["version"])
