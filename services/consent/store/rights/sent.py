"""How many codes went to a number of late."""

from collections.abc import Sequence
from datetime import datetime

from libs.common.events.personal import ANSWER, SUBJECT
from libs.common.mongo import Entity, Index, TenantScope
from services.consent.domain.rights.code import DAY

SENT = Entity(
    "sent",
    {"times": ("array",), "for_agency": ("array",), "at": ("date",)},
    ("times", "at"),
    (Index((("at", 1),), ttl=2 * int(DAY.total_seconds())),),
    person="_id",
    personal={
        "_id": SUBJECT.to(ANSWER),
    },
    plain=("times", "for_agency"),
)


class Sent:
    """One tenant's. `_id` is the number's subject; two that send at one moment meet at the row."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.collection("sent")

    async def times(self, subject: str) -> Sequence[datetime]:
        """When they went, the oldest first."""
        return (await self._row(subject))["times"]

    async def for_agency(self, subject: str) -> Sequence[datetime]:
        """When those went that were for requests which the agency wrote down."""
        return (await self._row(subject))["for_agency"]

    async def add(self, subject: str, now: datetime, *, own: bool) -> None:
        """One more, for a request of the person's `own` or of the agency's; those older than a
        day are let go."""
        row = await self._row(subject)
        lately = {name: [at for at in times if at > now - DAY] for name, times in row.items()}
        lately["times"].append(now)
        if not own:
            lately["for_agency"].append(now)
        await self._rows.put({"_id": subject, **lately, "at": now})

    async def renew(self, subject: str) -> None:
        """The person asks, from the number itself: of the codes for that none has gone yet."""
        row = await self._rows.get({"_id": subject})
        if row:
            await self._rows.put({**row, "times": row.get("for_agency", [])})

    async def forget(self, subject: str) -> None:
        """The person is erased."""
        await self._rows.remove({"_id": subject})

    async def _row(self, subject: str) -> dict[str, list[datetime]]:
        row = await self._rows.get({"_id": subject}) or {}
        return {name: row.get(name, []) for name in ("times", "for_agency")}
