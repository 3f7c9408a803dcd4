"""How many codes went to a number of late."""

from collections.abc import Sequence
from datetime import datetime

from libs.common.events.personal import ANSWER, SUBJECT
from libs.common.mongo import Entity, Index, TenantScope
from services.consent.domain.rights.code import DAY

SENT = Entity(
    "sent",
    {"times": ("array",), "at": ("date",)},
    ("times", "at"),
    (Index((("at", 1),), ttl=2 * int(DAY.total_seconds())),),
    person="_id",
    personal={
        "_id": SUBJECT.to(ANSWER),
    },
    plain=("times",),
)


class Sent:
    """One tenant's. `_id` is the number's subject; two that send at one moment meet at the row."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.collection("sent")

    async def times(self, subject: str) -> Sequence[datetime]:
        """When they went, the oldest first."""
        row = await self._rows.get({"_id": subject})
        return row["times"] if row else []

    async def add(self, subject: str, now: datetime) -> None:
        """One more; those older than a day are let go."""
        times = [at for at in await self.times(subject) if at > now - DAY]
        await self._rows.put({"_id": subject, "times": [*times, now], "at": now})

    async def forget(self, subject: str) -> None:
        """The person is erased."""
        await self._rows.remove({"_id": subject})
