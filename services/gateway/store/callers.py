"""Who called in which call, so that deliveries about the call are found when the person leaves.

Most events of a call name nobody. A row without a person is of a call whose person was erased:
what is yet to come of it is told to no app.
"""

from datetime import datetime
from typing import Final

from libs.common.events.personal import CARRY, SUBJECT
from libs.common.mongo import Entity, Index, TenantScope
from services.gateway.domain.hooks.delivery import KEPT

AT_ONCE: Final = 100
"""Calls of a person that one round of an erasure sees to: each has a few deliveries."""

CALLERS = Entity(
    "callers",
    {"subject": ("string", "null"), "at": ("date",)},
    ("at",),
    (Index((("subject", 1),)), Index((("at", 1),), ttl=int(KEPT.total_seconds()))),
    person="subject",
    personal={"subject": SUBJECT.to(CARRY)},
    plain=("_id",),
)


class Callers:
    """One tenant's, while it has endpoints. `_id` is the call."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.collection(CALLERS.name)

    async def admits(self, call: str, subject: str | None, now: datetime) -> bool:
        """Whether apps may be told of this call; notes who called where that is known."""
        row = await self._rows.get({"_id": call})
        if row is None and subject is not None:
            await self._rows.insert({"_id": call, "subject": subject, "at": now})
        return row is None or row["subject"] is not None

    async def erase(self, subject: str, now: datetime) -> list[str]:
        """Forgets who called in the calls of a person, `AT_ONCE` at the most; returns the calls."""
        rows = await self._rows.list({"subject": subject}, limit=AT_ONCE, fields={"_id": 1})
        calls: list[str] = [row["_id"] for row in rows]
        await self._rows.put_all([{"_id": one, "subject": None, "at": now} for one in calls])
        return calls
