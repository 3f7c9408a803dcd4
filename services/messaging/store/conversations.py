"""Conversations: one row per person, with whom the agency writes."""

from dataclasses import dataclass
from datetime import datetime

from libs.common.events import Candidate
from libs.common.events.personal import HEED, RECOGNISE, SUBJECT, WRITE, Personal
from libs.common.keys import Keys
from libs.common.mongo import Document, Entity, Index, Kept, TenantScope, before
from services.messaging.domain.message import Message
from services.messaging.store.messages import PARTY_FIELD

ANSWERS = frozenset({"personal", "service"})

CONVERSATIONS = Entity(
    "conversations",
    {
        "party": ("binData", "null"),
        "last_at": ("date", "null"),
        "unanswered": ("int", "long"),
        "keyword": ("string", "null"),
        "customer": ("object", "null"),
        "known_at": ("date",),
        "undated_since": ("date", "null"),
    },
    (),
    (
        Index((("last_at", -1), ("_id", -1))),
        Index((("customer.id", 1),)),
        Index((("undated_since", 1),), holding=("undated_since", "date")),
    ),
    person="_id",
    kept=(Kept("messages", "last_at"), Kept("messages", "undated_since")),
    personal={
        "_id": SUBJECT.to(WRITE),
        "party": Personal("contact", WRITE, "sealed"),
        "keyword": Personal("behaviour", HEED),
        "customer": Personal("identity", RECOGNISE),
    },
)


@dataclass(frozen=True, slots=True)
class Head:
    """A conversation without its messages. `number` is E.164; `last_at` None before the first."""

    subject: str
    number: str | None
    last_at: datetime | None
    unanswered: int
    keyword: str | None
    customer_id: str | None
    customer_name: str | None


class Conversations:
    """One tenant's conversations. `_id` is the subject.

    Until something is written with a person of whom no more is known than who it may be, there is
    no `last_at`: `undated_since` tells then how long that has been so.
    """

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self._tenant = scope.tenant
        self._keys = keys
        self._rows = scope.collection("conversations")

    def subject(self, e164: str) -> str:
        """The keyed code of a number."""
        return self._keys.code(self._tenant, e164)

    async def heard(self, message: Message, *, waits: bool) -> None:
        """The other side wrote; whether it waits for an answer of a person."""
        await self._rows.update(
            {"_id": message.subject},
            {
                "$set": {
                    "party": message.party,
                    "keyword": message.keyword,
                    "undated_since": None,
                },
                "$max": {"last_at": message.created_at},
                "$inc": {"unanswered": int(waits)},
            },
            upsert=True,
        )

    async def wrote(self, message: Message) -> None:
        """The agency wrote; where a person did, nothing is unanswered any more."""
        update: Document = {
            "$set": {"party": message.party, "undated_since": None},
            "$max": {"last_at": message.created_at},
        }
        if message.message_class in ANSWERS:
            update["$set"]["unanswered"] = 0
        await self._rows.update({"_id": message.subject}, update, upsert=True)

    async def known_as(self, subject: str, who: Candidate | None, at: datetime) -> None:
        """Who it may be, as it was known then."""
        customer = {"id": who.customer_id, "name": who.name} if who else None
        told = {"$set": {"customer": customer, "known_at": at}}
        first = {"$setOnInsert": {"undated_since": at}}
        await self._rows.update({"_id": subject}, {**told, **first}, upsert=True)

    async def forget(self, customer_id: str, until: datetime) -> None:
        """Takes this customer out of the conversations that had them known until then."""
        rows = await self._rows.list({"customer.id": customer_id}, fields={"known_at": 1})
        known = [row["_id"] for row in rows if row.get("known_at", until) <= until]
        await self._rows.change_all([({"_id": one}, {"$set": {"customer": None}}) for one in known])

    async def knows(self, subject: str) -> bool:
        """Whether something was written with the person, or it is known who that may be."""
        either = [{"last_at": {"$ne": None}}, {"customer": {"$ne": None}}]
        return await self._rows.get({"_id": subject, "$or": either}) is not None

    async def get(self, subject: str) -> Head | None:
        """One that has begun."""
        row = await self._rows.get({"_id": subject, "last_at": {"$ne": None}})
        return self._head(row) if row else None

    async def page(self, after: tuple[datetime, str] | None, limit: int) -> list[Head]:
        """The latest first, from a place on."""
        query: Document = {"last_at": {"$ne": None}}
        query = {"$and": [query, before("last_at", after)]} if after else query
        order = [("last_at", -1), ("_id", -1)]
        return [self._head(row) for row in await self._rows.list(query, sort=order, limit=limit)]

    def _head(self, row: Document) -> Head:
        party, customer = row.get("party"), row.get("customer") or {}
        return Head(
            subject=row["_id"],
            number=party and self._keys.unseal(self._tenant, PARTY_FIELD, bytes(party)).decode(),
            last_at=row.get("last_at"),
            unanswered=row.get("unanswered", 0),
            keyword=row.get("keyword"),
            customer_id=customer.get("id"),
            customer_name=customer.get("name"),
        )
