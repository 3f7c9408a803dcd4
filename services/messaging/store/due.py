"""What must be looked at, and when: the ids of all tenants' unfinished messages, and no more.

It belongs to the service as a whole, so that a job finds what is due without asking every
tenant. The message itself lies with its tenant, and decides.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from libs.common.mongo import Document, Entity, Index, TenantScope, before
from services.messaging.domain.doubt import Verdict

DUE = Entity(
    "due",
    {
        "tenant": ("string",),
        "message": ("string",),
        "state": ("string",),
        "at": ("date",),
        "rank": ("int", "long"),
        "sender": ("string", "null"),
        "verdict": ("object",),
    },
    ("tenant", "message", "state", "at"),
    (
        Index((("state", 1), ("at", 1), ("_id", 1))),
        Index((("state", 1), ("rank", 1), ("at", 1), ("_id", 1))),
    ),
    plain=("_id", "tenant", "message", "state", "sender", "verdict"),
)
_URGENT, _OTHER = 0, 1
IN_DOUBT = ("sending", "unknown", "accepted", "sent", "settled")
STATES = ("queued", *IN_DOUBT, "needs_review")


@dataclass(frozen=True, slots=True)
class Due:
    """A message at which somebody must look: it is in `state`, since or from `at` on.

    `sender` is the keyed code of whom it is sent from, None where that is not known. Where it is
    `urgent`, somebody waits for it.
    """

    tenant: str
    message: str
    state: str
    at: datetime
    sender: str | None = None
    urgent: bool = False

    @property
    def id(self) -> str:
        """Its row."""
        return f"{self.tenant}:{self.message}"


class Dues:
    """All of them; what is written is the scope's own tenant's."""

    def __init__(self, scope: TenantScope) -> None:
        self._tenant = scope.tenant
        self._rows = scope.shared("due")

    async def set(
        self,
        message: str,
        state: str,
        at: datetime | None,
        *,
        urgent: bool = False,
        sender: str | None = None,
    ) -> None:
        """Notes when to look at a message of this tenant; None is never again.

        What is `urgent` goes before all that is not.
        """
        key = f"{self._tenant}:{message}"
        if at is None:
            await self._rows.remove({"_id": key})
            return
        row = {"_id": key, "tenant": self._tenant, "message": message, "state": state, "at": at}
        await self._rows.put({**row, "rank": _URGENT if urgent else _OTHER, "sender": sender})

    async def end(self, messages: Sequence[str]) -> None:
        """Nobody need look at these messages of this tenant any more."""
        if messages:
            await self._rows.remove({"_id": {"$in": [f"{self._tenant}:{one}" for one in messages]}})

    async def forget(self, due: Due) -> None:
        """Nobody need look any more."""
        await self._rows.remove({"_id": due.id})

    async def since(self, message: str) -> datetime | None:
        """From when on a message of this tenant may be sent; None where it is not queued."""
        row = await self._rows.get({"_id": f"{self._tenant}:{message}", "state": "queued"})
        return row["at"] if row else None

    async def postpone(self, due: Due, until: datetime) -> None:
        """Looks later, whoever's it is, if nothing has changed."""
        await self.postpone_all([(due, until)])

    async def postpone_all(self, later: Sequence[tuple[Due, datetime]]) -> None:
        """Looks later at many, at each in its own time."""
        await self._rows.change_all(
            [
                ({"_id": due.id, "state": due.state, "at": due.at}, {"$set": {"at": until}})
                for due, until in later
            ]
        )

    async def queued(self, now: datetime, limit: int) -> list[Due]:
        """What may be sent by now: the urgent ones, then the others, the longest due first.

        Each rank is asked for by itself, so that the index skips what is not due yet.
        """
        query = {"state": "queued", "at": {"$lte": now}}
        found = await self._list({**query, "rank": _URGENT}, limit)
        if len(found) < limit:  # a limit of 0 is no limit
            others = {"rank": {"$in": [_OTHER, None]}}  # None: written before there were ranks
            found += await self._list({**query, **others}, limit - len(found))
        return found

    async def in_doubt(self, now: datetime, limit: int) -> list[Due]:
        """What was given out of hand and not been heard of in its time, the longest due first."""
        return await self._list({"state": {"$in": list(IN_DOUBT)}, "at": {"$lte": now}}, limit)

    async def counts(self) -> dict[str, int]:
        """How many there are in each state."""
        return {state: await self._rows.count({"state": state}) for state in STATES}

    async def reviews(self, after: tuple[datetime, str] | None, limit: int) -> list[Due]:
        """What people must look at, the latest first, from a place (time and row) on."""
        query: Document = {"state": "needs_review", **before("at", after)}
        rows = await self._rows.list(query, sort=[("at", -1), ("_id", -1)], limit=limit)
        return [_due(row) for row in rows]

    async def settle(self, tenant: str, message: str, said: Verdict, at: datetime) -> Due | None:
        """Leaves an operator's word for the job; None where nothing of that name is for review."""
        there = {"_id": f"{tenant}:{message}", "state": "needs_review"}
        update = {"$set": {"state": "settled", "at": at, "verdict": asdict(said)}}
        row = await self._rows.change(there, update)
        return _due(row) if row else None

    async def verdict(self, due: Due) -> Verdict | None:
        """What an operator said of it."""
        row = await self._rows.get({"_id": due.id, "state": "settled"})
        return Verdict(**row["verdict"]) if row else None

    async def _list(self, query: Document, limit: int) -> list[Due]:
        rows = await self._rows.list(query, sort=[("at", 1), ("_id", 1)], limit=limit)
        return [_due(row) for row in rows]


def _due(row: Document) -> Due:
    told = (row["tenant"], row["message"], row["state"], row["at"])
    return Due(*told, row.get("sender"), row.get("rank") == _URGENT)
