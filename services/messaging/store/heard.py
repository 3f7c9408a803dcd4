"""When consent was last heard of: without it, the copies may be stale."""

from datetime import datetime, timedelta
from typing import Final

from libs.common.mongo import Entity, TenantScope

HEARD = Entity("heard", {"at": ("date",)}, ("at",), plain=("_id",))

GONE: Final = timedelta(days=1)
"""A lane that was heard of this much before another is there no more."""

_LANES: Final = {"_id": {"$gte": "consent/", "$lt": "consent0"}}  # all that begin with consent/


class Heard:
    """The same for all tenants. Consent beats in lanes, so that each partition carries a beat."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.shared("heard")

    async def note(self, at: datetime, lane: int = 0) -> None:
        """Consent gave a sign of life; it stands for the one before, whose clock may have erred."""
        await self._rows.put({"_id": f"consent/{lane}", "at": at})

    async def last(self) -> datetime | None:
        """The last sign of life in the lane that is furthest behind; None without any."""
        moments: list[datetime] = [row["at"] for row in await self._rows.list(_LANES)]
        latest = max(moments, default=None)
        return latest and min(at for at in moments if latest - at <= GONE)
