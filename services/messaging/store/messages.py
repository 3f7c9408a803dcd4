"""Messages of both directions; a change is written only where the message is as it was read."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from libs.common.events import MessageStatus, WordOrdered
from libs.common.events.messages import TEXT_FIELD
from libs.common.events.personal import CARRY, HEED, SUBJECT, USER, WRITE, Personal
from libs.common.events.privacy import NUMBER_FIELD, WORDS_FIELD
from libs.common.keys import Keys
from libs.common.mongo import Document, Entity, Index, Kept, TenantScope, before
from services.messaging.domain.message import UNANSWERED, Message

PARTY_FIELD = "message.party"
"""What the number of the other side is bound to when it is sealed."""

_TEXT, _DATE, _COUNT = ("string", "null"), ("date", "null"), ("int", "long", "null")

MESSAGES = Entity(
    "messages",
    {
        "direction": ("string",),
        "state": ("string",),
        "subject": ("string",),
        "party": ("binData",),
        "created_at": ("date",),
        "text": ("binData", "null"),
        "message_class": _TEXT,
        "purpose": _TEXT,
        "line": _TEXT,
        "encoding": _TEXT,
        "units": _COUNT,
        "parts": _COUNT,
        "send_at": _DATE,
        "requested_by": _TEXT,
        "fingerprint": _TEXT,
        "ref": _TEXT,
        "attempt": ("int", "long"),
        "first_at": _DATE,
        "lease_until": _DATE,
        "doubt_at": _DATE,
        "provider_id": _TEXT,
        "code": _TEXT,
        "provider_code": _TEXT,
        "sentence": _TEXT,
        "cost": _TEXT,
        "currency": _TEXT,
        "sent_at": _DATE,
        "final_at": _DATE,
        "valid_until": _DATE,
        "useless_at": _DATE,
        "keyword": _TEXT,
        "settled_by": _TEXT,
        "settled_for": _TEXT,
        "traceparent": _TEXT,
    },
    ("direction", "state", "subject", "party", "created_at", "attempt"),
    (
        Index((("provider_id", 1),)),
        Index((("ref", 1),)),
        Index((("state", 1), ("created_at", -1), ("_id", -1))),
        Index((("subject", 1), ("created_at", -1), ("_id", -1))),
        Index((("direction", 1), ("created_at", -1), ("_id", -1))),
        Index((("created_at", 1),)),
        Index((("created_at", 1), ("state", 1)), holding=("text", "binData")),
    ),
    person="subject",
    kept=(
        Kept("message_texts", "created_at", "text", spared=("state", UNANSWERED)),
        Kept("messages", "created_at", spared=("state", UNANSWERED)),
    ),
    personal={
        "subject": SUBJECT.to(WRITE),
        "party": Personal("contact", WRITE, "sealed"),
        "text": Personal("content", WRITE, "sealed"),
        "purpose": Personal("behaviour", HEED),
        "message_class": Personal("behaviour", HEED),
        "keyword": Personal("behaviour", HEED),
        "fingerprint": Personal("content", WRITE, "coded"),
        "requested_by": USER.to(WRITE),
        "settled_by": USER.to(CARRY),
        "state": Personal("behaviour", WRITE),
        "code": Personal("behaviour", WRITE),
        "provider_code": Personal("behaviour", WRITE),
        "sentence": Personal("behaviour", WRITE),
    },
    plain=(
        "_id",
        "direction",
        "line",
        "encoding",
        "ref",
        "provider_id",
        "cost",
        "currency",
        "settled_for",
        "traceparent",
    ),
)
_NEWEST = [("created_at", -1), ("_id", -1)]
_NAMES = tuple(field.name for field in fields(Message) if field.name != "id")


class Messages:
    """One tenant's messages."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self._tenant = scope.tenant
        self._keys = keys
        self._rows = scope.collection("messages")

    def seal(self, e164: str) -> bytes:
        """The number of the other side as it is kept."""
        return self._keys.seal(self._tenant, PARTY_FIELD, e164.encode())

    def seal_text(self, text: str) -> bytes:
        """A text as it is kept, and as events carry it."""
        return self._keys.seal(self._tenant, TEXT_FIELD, text.encode())

    def code(self, text: str) -> str:
        """The keyed code of what must be known again, and not be read."""
        return self._keys.code(self._tenant, text)

    def number(self, message: Message) -> str:
        """The other side in E.164."""
        return self._keys.unseal(self._tenant, PARTY_FIELD, message.party).decode()

    def text(self, message: Message) -> str | None:
        """What it says; None where it has no text."""
        if message.text is None:
            return None
        return self._keys.unseal(self._tenant, TEXT_FIELD, message.text).decode()

    def word(self, word: WordOrdered) -> tuple[str, str]:
        """The number (E.164) and the text of what is ordered. Raises SealBroken."""
        sealed = ((NUMBER_FIELD, word.party), (WORDS_FIELD, word.sealed))
        number, plain = (
            self._keys.unseal(self._tenant, field, b64decode(text)).decode()
            for field, text in sealed
        )
        return number, plain

    async def add(self, message: Message) -> None:
        """A new one."""
        row = asdict(message)
        await self._rows.insert({"_id": row.pop("id"), **row})

    async def get(self, message_id: str) -> Message | None:
        """One by its id."""
        row = await self._rows.get({"_id": message_id})
        return read(row) if row else None

    async def reported(self, receipt: MessageStatus) -> Message | None:
        """The one that a receipt is about: by its attempt, else the provider's id."""
        found = None
        if receipt.reference is not None:
            found = await self._rows.get({"ref": receipt.reference})
        if found is None:
            found = await self._rows.get({"provider_id": receipt.message_id})
        return read(found) if found else None

    async def change(self, message: Message, changes: Mapping[str, Any]) -> bool:
        """Changes it where it is in the state, and at the attempt, in which it was read."""
        as_read = {"_id": message.id, "state": message.state, "ref": message.ref}
        return await self._rows.update(as_read, {"$set": dict(changes)})

    async def change_all(self, changes: Sequence[tuple[Message, Mapping[str, Any]]]) -> None:
        """Changes many that are as they were read, since this transaction has read them."""
        await self._rows.change_all(
            [({"_id": message.id}, {"$set": dict(fields)}) for message, fields in changes]
        )

    async def waiting(self, subject: str) -> list[Message]:
        """All that are queued for a person."""
        rows = await self._rows.list({"subject": subject, "state": "queued"})
        return [read(row) for row in rows]

    async def sent(
        self, after: tuple[datetime, str] | None, limit: int, state: str | None
    ) -> list[Message]:
        """The outgoing ones, the latest first, from a place on; those in one state."""
        query: Document = {"direction": "out", **({"state": state} if state else {})}
        rows = await self._rows.list(query | before("created_at", after), sort=_NEWEST, limit=limit)
        return [read(row) for row in rows]

    async def thread(
        self, subject: str, after: tuple[datetime, str] | None, limit: int
    ) -> list[Message]:
        """What was written with a person, the latest first, from a place on."""
        query: Document = {"subject": subject, **before("created_at", after)}
        return [read(row) for row in await self._rows.list(query, sort=_NEWEST, limit=limit)]


def read(row: Document) -> Message:
    """The message in a row."""
    told = {name: row[name] for name in _NAMES if name in row}
    sealed = {name: bytes(told[name]) for name in ("party", "text") if told.get(name) is not None}
    return Message(id=row["_id"], **{**told, **sealed})
