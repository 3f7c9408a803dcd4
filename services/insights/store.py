"""What insights keeps per tenant: call records with their latest cards, feedback, objections,
and which calls were deleted."""

from datetime import datetime, timedelta

from libs.common.events import ConsentChanged, ExportOrdered, InsightProduced
from libs.common.events.personal import HEED, RECOGNISE, SHOW, SUBJECT, USER, Personal
from libs.common.keys import Keys
from libs.common.mongo import Document, Documents, Entity, Index, Kept, TenantScope, Work, before
from libs.common.privacy import MOST, PERIODS, Eraser, Periods, Rows, Teller
from services.insights.domain import telling
from services.insights.domain.history import Earlier
from services.insights.domain.record import CallRecord
from services.insights.domain.scorecard import Scorecard

MOST_EARLIER = 500


async def _leave(scope: TenantScope, calls: Documents, work: Work) -> dict[str, int]:
    """What is said of the cards goes with them, and what is yet to come of the calls is late."""
    await scope.collection("gone").put_all([{"_id": c["_id"], "at": work.now} for c in calls])
    insights = [call["insight"] for call in calls if call.get("insight")]
    rows = scope.collection("feedback")
    return {"feedback": await rows.remove({"insight": {"$in": insights}}) if insights else 0}


CALLS = Entity(
    "calls",
    {
        "subject": ("string", "null"),
        "subjects": ("array",),
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
        "record": Personal("contact", RECOGNISE),
        "record.matches": Personal("identity", RECOGNISE),
        "card": Personal("behaviour", SHOW),
    },
    plain=("_id", "direction", "insight"),
)
FEEDBACK = Entity(
    "feedback",
    {"insight": ("string",), "user": ("string",), "verdict": ("string",), "at": ("date",)},
    ("insight", "user", "verdict", "at"),
    (Index((("insight", 1),)), Index((("at", 1),))),
    kept=(Kept("calls", "at"),),
    personal={"_id": USER, "user": USER},
    plain=("insight", "verdict"),
)
OBJECTIONS = Entity(
    "objections",
    {"version": ("int", "long"), "objected": ("bool",), "at": ("date",)},
    ("version", "objected", "at"),
    person="_id",
    personal={"_id": SUBJECT.to(HEED)},
)
GONE_DAYS = 30  # longer than the topics keep what could bring a call back
GONE = Entity(
    "gone",
    {"at": ("date",)},
    ("at",),
    (Index((("at", 1),), ttl=GONE_DAYS * 86_400),),
    plain=("_id",),
)
ENTITIES = (CALLS, FEEDBACK, OBJECTIONS, GONE, PERIODS)
_WITHOUT_CARD = {"card": 0}


class Store:
    """One tenant's calls and cards, and who wants none made of them."""

    def __init__(self, scope: TenantScope, keys: Keys, scorecard: Scorecard) -> None:
        self.scorecard = scorecard
        self.eraser = Eraser(scope, keys)
        self.teller = Teller(scope, keys)
        self.periods = Periods(scope)
        self._calls = scope.collection("calls")
        self._feedback = scope.collection("feedback")
        self._objections = scope.collection("objections")
        self._gone = scope.collection("gone")

    async def record(self, session_id: str) -> CallRecord | None:
        """The record of a call, as far as it is known."""
        row = await self._calls.get({"_id": session_id})
        return _record(row) if row else None

    async def keep(self, record: CallRecord) -> None:
        """Writes the record, with its card."""
        card = record.card
        await self._calls.put(
            {
                "_id": record.session_id,
                "subject": record.subject,
                "subjects": list(record.subjects),
                "direction": record.direction,
                "open": record.ended_at is None,
                "started_at": record.started_at,
                "undated_since": record.undated_since,
                "insight": card.insight_id if card else None,
                "as_of": card.as_of if card else None,
                "record": record.model_dump(mode="json", exclude={"card"}),
                "card": card.model_dump(mode="json") if card else None,
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
            fields=_WITHOUT_CARD,
        )
        return [Earlier.of(_record(row)) for row in rows]

    async def note_consent(self, change: ConsentChanged) -> None:
        """Keeps whether the person wants no cards, or may have none; the highest version counts."""
        known = await self._objections.get({"_id": change.subject})
        if known is None or known["version"] < change.version:
            refused = change.objected or change.restricted
            told = {"version": change.version, "objected": refused, "at": change.changed_at}
            await self._objections.put({"_id": change.subject, **told})

    async def objects(self, subject: str | None) -> bool:
        """Whether this person wants no indicators made of them; nobody known never said so."""
        if subject is None:
            return False
        return await self._objections.get({"_id": subject, "objected": True}) is not None

    async def is_gone(self, session_id: str) -> bool:
        """Whether the call was deleted: its person was erased, or its time was over."""
        return await self._gone.get({"_id": session_id}) is not None

    async def erase(self, subject: str, at: datetime) -> dict[str, int]:
        """Deletes the person's calls with cards and feedback; how many, by collection.

        That somebody objects is kept: it is no more than a code, and they may call again.
        """
        calls = await self._calls.list(
            {"subjects": subject}, limit=MOST, fields={"insight": 1, "_id": 1}
        )
        sessions = [call["_id"] for call in calls]
        insights = [call["insight"] for call in calls if call.get("insight")]
        await self._gone.put_all([{"_id": session, "at": at} for session in sessions])
        about = {"_id": subject, "objected": False}
        return {
            "calls": await self._calls.remove({"_id": {"$in": sessions}}),
            "feedback": await self._feedback.remove({"insight": {"$in": insights}}),
            "objections": await self._objections.remove(about),
        }

    async def told(self, order: ExportOrdered) -> Rows:
        """All that is kept of a person, for the person; read outside a transaction."""
        person = order.subject, order.customers
        calls = [_record(row) async for row in self.teller.documents(CALLS, order.subject)]
        cards = [card for call in calls if (card := telling.card(call, *person))]
        insights = {"insight": {"$in": [card["id"] for card in cards]}}
        return {
            "calls": [telling.call(call, *person) for call in calls],
            "cards": cards,
            "feedback": [telling.feedback(row) for row in await self._feedback.list(insights)],
            "objections": await self.teller.rows(OBJECTIONS, order.subject, telling.objection),
        }

    async def calls(
        self, after: tuple[datetime, str] | None, limit: int, only_open: bool
    ) -> list[CallRecord]:
        """The latest calls first, from a place on."""
        query: Document = {"started_at": {"$ne": None}}
        if only_open:
            query["open"] = True
        query |= before("started_at", after)
        order = [("started_at", -1), ("_id", -1)]
        rows = await self._calls.list(query, sort=order, limit=limit, fields=_WITHOUT_CARD)
        return [_record(row) for row in rows]

    async def insight(self, insight_id: str) -> InsightProduced | None:
        """A card by its id."""
        row = await self._calls.get({"insight": insight_id})
        return _card(row) if row else None

    async def insights(
        self, after: tuple[datetime, str] | None, limit: int, session: str | None = None
    ) -> list[InsightProduced]:
        """The latest cards first, from a place (time and session) on; or those of one call."""
        query: Document = {"as_of": {"$ne": None}, **before("as_of", after)}
        if session:
            query = {"$and": [query, {"_id": session}]}
        order = [("as_of", -1), ("_id", -1)]
        return [_card(row) for row in await self._calls.list(query, sort=order, limit=limit)]

    async def judge(self, insight_id: str, user: str, verdict: str, at: datetime) -> None:
        """Keeps what a person says of a card; the last word of each person counts."""
        key = f"{insight_id}/{user}"
        await self._feedback.put(
            {"_id": key, "insight": insight_id, "user": user, "verdict": verdict, "at": at}
        )


def _record(row: Document) -> CallRecord:
    return CallRecord.model_validate(row["record"] | {"card": row.get("card")})


def _card(row: Document) -> InsightProduced:
    return InsightProduced.model_validate(row["card"])
