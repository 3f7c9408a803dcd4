"""Which calls were deleted, so that what comes late does not bring them back."""

from collections.abc import Sequence
from datetime import datetime

from libs.common.mongo import Entity, Index, TenantScope

GONE_DAYS = 30  # longer than the topics keep what could bring a call back
GONE = Entity(
    "gone",
    {"at": ("date",)},
    ("at",),
    (Index((("at", 1),), ttl=GONE_DAYS * 86_400),),
    plain=("_id",),
)


class Gone:
    """One tenant's. `_id` is the session."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.collection(GONE.name)

    async def add(self, sessions: Sequence[str], at: datetime) -> None:
        """Notes that these calls are deleted."""
        await self._rows.put_all([{"_id": session, "at": at} for session in sessions])

    async def has(self, session_id: str) -> bool:
        """Whether the call was deleted: its person was erased, or its time was over."""
        return await self._rows.get({"_id": session_id}) is not None
