"""When consent was last heard of: without it, the copies may be stale."""

from datetime import datetime

from libs.common.mongo import Entity, TenantScope

HEARD = Entity("heard", {"at": ("date",)}, ("at",))

_CONSENT = "consent"


class Heard:
    """The same for all tenants."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.shared("heard")

    async def note(self, at: datetime) -> None:
        """Consent gave a sign of life; it stands for the one before, whose clock may have erred."""
        await self._rows.put({"_id": _CONSENT, "at": at})

    async def last(self) -> datetime | None:
        """The last sign of life."""
        row = await self._rows.get({"_id": _CONSENT})
        return row["at"] if row else None
