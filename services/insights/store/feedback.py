"""What people say of the cards."""

from collections.abc import Sequence
from datetime import datetime

from libs.common.events.personal import USER
from libs.common.mongo import Documents, Entity, Index, Kept, TenantScope

FEEDBACK = Entity(
    "feedback",
    {"insight": ("string",), "user": ("string",), "verdict": ("string",), "at": ("date",)},
    ("insight", "user", "verdict", "at"),
    (Index((("insight", 1),)), Index((("at", 1),))),
    kept=(Kept("calls", "at"),),
    personal={"_id": USER, "user": USER},
    plain=("insight", "verdict"),
)


class Feedback:
    """One tenant's."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.collection(FEEDBACK.name)

    async def judge(self, insight_id: str, user: str, verdict: str, at: datetime) -> None:
        """Keeps what a person says of a card; the last word of each person counts."""
        key = f"{insight_id}/{user}"
        await self._rows.put(
            {"_id": key, "insight": insight_id, "user": user, "verdict": verdict, "at": at}
        )

    async def of(self, insights: Sequence[str]) -> Documents:
        """What is said of these cards."""
        return await self._rows.list({"insight": {"$in": insights}})

    async def remove(self, insights: Sequence[str]) -> int:
        """Deletes what is said of these cards; says how many."""
        return await self._rows.remove({"insight": {"$in": insights}}) if insights else 0
