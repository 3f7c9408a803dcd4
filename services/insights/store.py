"""What insights keeps per tenant: call records, the latest card of each, feedback on cards."""

from datetime import datetime, timedelta

from libs.common import phone
from libs.common.events import InsightProduced
from libs.common.mongo import Document, Entity, Index, TenantScope, before
from services.insights.domain.history import Earlier
from services.insights.domain.number import Numbering
from services.insights.domain.record import CallRecord
from services.insights.domain.scorecard import Scorecard

MOST_EARLIER = 500

CALLS = Entity(
    "calls",
    {
        "subject": ("string", "null"),
        "direction": ("string", "null"),
        "open": ("bool",),
        "started_at": ("date", "null"),
        "record": ("object",),
    },
    ("open", "record"),
    (
        Index((("subject", 1), ("started_at", -1))),
        Index((("started_at", -1), ("_id", -1))),
        Index((("open", 1), ("started_at", -1), ("_id", -1))),
    ),
)
INSIGHTS = Entity(
    "insights",
    {
        "session": ("string",),
        "subject": ("string", "null"),
        "version": ("int", "long"),
        "as_of": ("date",),
        "card": ("object",),
    },
    ("session", "version", "as_of", "card"),
    (Index((("session", 1),), unique=True), Index((("as_of", -1), ("_id", -1)))),
)
FEEDBACK = Entity(
    "feedback",
    {"insight": ("string",), "user": ("string",), "verdict": ("string",), "at": ("date",)},
    ("insight", "user", "verdict", "at"),
    (Index((("insight", 1),)),),
)
ENTITIES = (CALLS, INSIGHTS, FEEDBACK)


class Store:
    """One tenant's calls and cards."""

    def __init__(self, scope: TenantScope, scorecard: Scorecard) -> None:
        self.scorecard = scorecard
        self._calls = scope.collection("calls")
        self._insights = scope.collection("insights")
        self._feedback = scope.collection("feedback")

    async def record(self, session_id: str) -> CallRecord | None:
        """The record of a call, as far as it is known."""
        row = await self._calls.get({"_id": session_id})
        return CallRecord.model_validate(row["record"]) if row else None

    async def keep(self, record: CallRecord) -> None:
        """Writes the record."""
        await self._calls.put(
            {
                "_id": record.session_id,
                "subject": record.subject,
                "direction": record.direction,
                "open": record.ended_at is None,
                "started_at": record.started_at,
                "record": record.model_dump(mode="json"),
            }
        )

    async def earlier(self, record: CallRecord) -> list[Earlier]:
        """The caller's incoming calls before this one, within the scorecard's reach."""
        if record.subject is None or record.started_at is None:
            return []
        reach = timedelta(days=self.scorecard.lookback.history_days)
        since, until = record.started_at - reach, record.started_at
        rows = await self._calls.list(
            {
                "subject": record.subject,
                "direction": "incoming",
                "started_at": {"$gte": since, "$lt": until},
            },
            sort=[("started_at", -1)],
            limit=MOST_EARLIER,
        )
        return [Earlier.of(CallRecord.model_validate(row["record"])) for row in rows]

    def numbering(self, record: CallRecord) -> Numbering:
        """What the number plan says of the caller's number."""
        number = phone.parse(record.party, None) if record.party else None
        if not isinstance(number, phone.Number):
            return Numbering()
        code = phone.calling_code(number.e164.removeprefix("+"))
        return Numbering(number.kind, int(code) if code else None)

    async def show(self, card: InsightProduced, subject: str | None) -> bool:
        """Keeps the card unless it is there already; says whether it is new."""
        row = await self._insights.get({"_id": card.insight_id})
        made = card.model_dump(mode="json")
        if row and (row["version"] > card.version or row["card"] == made):
            return False
        await self._insights.put(
            {
                "_id": card.insight_id,
                "session": card.session_id,
                "subject": subject,
                "version": card.version,
                "as_of": card.as_of,
                "card": made,
            }
        )
        return True

    async def calls(
        self, after: tuple[datetime, str] | None, limit: int, only_open: bool
    ) -> list[CallRecord]:
        """The latest calls first, from a place on."""
        query: Document = {"started_at": {"$ne": None}}
        if only_open:
            query["open"] = True
        query |= before("started_at", after)
        rows = await self._calls.list(query, sort=[("started_at", -1), ("_id", -1)], limit=limit)
        return [CallRecord.model_validate(row["record"]) for row in rows]

    async def insight(self, insight_id: str) -> InsightProduced | None:
        """A card by its id."""
        row = await self._insights.get({"_id": insight_id})
        return InsightProduced.model_validate(row["card"]) if row else None

    async def insights(
        self, after: tuple[datetime, str] | None, limit: int, session: str | None = None
    ) -> list[InsightProduced]:
        """The latest cards first, from a place on; those of one call where it is given."""
        order = [("as_of", -1), ("_id", -1)]
        query = before("as_of", after) | ({"session": session} if session else {})
        rows = await self._insights.list(query, sort=order, limit=limit)
        return [InsightProduced.model_validate(row["card"]) for row in rows]

    async def judge(self, insight_id: str, user: str, verdict: str, at: datetime) -> None:
        """Keeps what a person says of a card; the last word of each person counts."""
        key = f"{insight_id}/{user}"
        await self._feedback.put(
            {"_id": key, "insight": insight_id, "user": user, "verdict": verdict, "at": at}
        )
