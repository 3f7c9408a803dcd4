"""Call records, each with its latest card."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from libs.common.events.personal import RECOGNISE, SHOW, SUBJECT, Personal
from libs.common.mongo import Document, Documents, Entity, Index, Kept, TenantScope, Work, before
from services.insights.domain.history import Earlier
from services.insights.domain.record import CallRecord
from services.insights.domain.scorecard import Lookback
from services.insights.store.feedback import Feedback
from services.insights.store.gone import Gone

MOST_EARLIER = 500
MOST_NAMING = 500
"""Calls that are written anew at once: a transaction has five seconds."""


async def _leave(scope: TenantScope, calls: Documents, work: Work) -> dict[str, int]:
    """What is said of the cards goes with them, and what is yet to come of the calls is late."""
    await Gone(scope).add([call["_id"] for call in calls], work.now)
    return {"feedback": await Feedback(scope).remove(cards_of(calls))}


CALLS = Entity(
    "calls",
    {
        "subject": ("string", "null"),
        "subjects": ("array",),
        "customers": ("array",),
        "direction": ("string", "null"),
        "open": ("bool",),
        "started_at": ("date", "null"),
        "undated_since": ("date", "null"),
        "insight": ("string", "null"),
        "as_of": ("date", "null"),
        "record": ("object",),
        "card": ("object", "null"),
    },
    ("open", "record"),
    (
        Index((("subject", 1), ("started_at", -1))),
        Index((("subjects", 1),)),
        Index((("customers", 1), ("started_at", 1))),
        Index((("started_at", -1), ("_id", -1))),
        Index((("open", 1), ("started_at", -1), ("_id", -1))),
        Index((("insight", 1),)),
        Index((("undated_since", 1),), holding=("undated_since", "date")),
        Index((("as_of", -1), ("_id", -1))),
    ),
    person="subjects",
    kept=(
        Kept("calls", "started_at", leaving=_leave),
        Kept("calls", "undated_since", leaving=_leave),
    ),
    personal={
        "subject": SUBJECT,
        "subjects": SUBJECT,
        "customers": Personal("identity", RECOGNISE, "coded"),
        "record": Personal("contact", RECOGNISE),
        "record.matches": Personal("identity", RECOGNISE),
        "card": Personal("behaviour", SHOW),
    },
    plain=("_id", "direction", "insight"),
)
_WITHOUT_CARD = {"card": 0}


class Calls:
    """One tenant's. `_id` is the session."""

    def __init__(self, scope: TenantScope, lookback: Lookback) -> None:
        self._rows = scope.collection("calls")
        self._reach = timedelta(days=lookback.history_days)

    async def get(self, session_id: str) -> CallRecord | None:
        """The record of a call, as far as it is known."""
        row = await self._rows.get({"_id": session_id})
        return read(row) if row else None

    async def keep(self, record: CallRecord) -> None:
        """Writes the record, with its card."""
        await self._rows.put(_written(record))

    async def keep_all(self, records: Sequence[CallRecord]) -> None:
        """Writes many records, with their cards."""
        await self._rows.put_all([_written(record) for record in records])

    async def naming(self, customer_id: str) -> list[CallRecord]:
        """The calls whose matches name this customer, the oldest first, `MOST_NAMING` at most."""
        query, order = {"customers": customer_id}, [("started_at", 1)]
        rows = await self._rows.list(query, sort=order, limit=MOST_NAMING)
        return [read(row) for row in rows]

    async def callers(self, sessions: Sequence[str]) -> dict[str, str | None]:
        """The subject of each of these calls, by session."""
        rows = await self._rows.list({"_id": {"$in": list(sessions)}}, fields={"subject": 1})
        return {row["_id"]: row.get("subject") for row in rows}

    async def earlier(self, record: CallRecord) -> list[Earlier]:
        """The caller's incoming calls before this one, within the scorecard's reach."""
        if record.subject is None or record.started_at is None:
            return []
        since, until = record.started_at - self._reach, record.started_at
        rows = await self._rows.list(
            {
                "subject": record.subject,
                "direction": "incoming",
                "started_at": {"$gte": since, "$lt": until},
            },
            sort=[("started_at", -1)],
            limit=MOST_EARLIER,
            fields=_WITHOUT_CARD,
        )
        return [Earlier.of(read(row)) for row in rows]

    async def page(
        self,
        after: tuple[datetime, str] | None,
        limit: int,
        only_open: bool,
        subject: str | None = None,
    ) -> list[CallRecord]:
        """The latest calls first, from a place on: all, or those with one person."""
        query: Document = {"started_at": {"$ne": None}}
        if subject is not None:
            query["subject"] = subject
        if only_open:
            query["open"] = True
        query |= before("started_at", after)
        order = [("started_at", -1), ("_id", -1)]
        rows = await self._rows.list(query, sort=order, limit=limit, fields=_WITHOUT_CARD)
        return [read(row) for row in rows]


def cards_of(rows: Documents) -> list[str]:
    """The ids of the cards in these documents."""
    return [row["insight"] for row in rows if row.get("insight")]


def _written(record: CallRecord) -> Document:
    card = record.card
    return {
        "_id": record.session_id,
        "subject": record.subject,
        "subjects": list(record.subjects),
        "customers": list(record.customers),
        "direction": record.direction,
        "open": record.ended_at is None,
        "started_at": record.started_at,
        "undated_since": record.undated_since,
        "insight": card.insight_id if card else None,
        "as_of": card.as_of if card else None,
        "record": record.model_dump(mode="json", exclude={"card"}),
        "card": card.model_dump(mode="json") if card else None,
    }


def read(row: Document) -> CallRecord:
    """The record as it was kept, with its card where that was read too."""
    return CallRecord.model_validate(row["record"] | {"card": row.get("card")})
