"""Requests of people, and how far each has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from libs.common.events.personal import ANSWER, SUBJECT, USER, Personal
from libs.common.mongo import Document, Entity, Index, Kept, TenantScope
from services.consent.domain.rights.request import CLOSED, Kind, Request, Status

_DATE, _PART, _SEALED = ("date", "null"), ("object", "null"), ("binData", "null")
_TEXT = ("string", "null")

_EVIDENCE = Personal("evidence", ANSWER, "coded")

REQUESTS = Entity(
    "requests",
    {
        "kind": ("string",),
        "channel": ("string",),
        "subject": ("string",),
        "number": _SEALED,
        "state": ("string",),
        "status": ("string",),
        "open": ("bool",),
        "received_at": ("date",),
        "opened_at": ("date",),
        "due_at": ("date",),
        "target_at": ("date",),
        "opened_by": ("string",),
        "fingerprint": _TEXT,
        "customers": ("array", "null"),
        "holders": ("array",),
        "correction": _SEALED,
        "code": _PART,
        "verified": _PART,
        "extension": _PART,
        "refusal": _PART,
        "awaiting": ("array",),
        "asked_at": _DATE,
        "told_from": _DATE,
        "package_until": _DATE,
        "warned": ("int", "long"),
        "breached_at": _DATE,
        "erasure": _TEXT,
        "certificate": _TEXT,
        "closed_at": _DATE,
    },
    ("kind", "channel", "subject", "state", "status", "open", "received_at", "due_at"),
    (
        Index((("due_at", 1), ("_id", 1))),
        Index((("open", 1), ("due_at", 1), ("_id", 1))),
        Index((("subject", 1), ("open", 1))),
        Index((("closed_at", 1),)),
    ),
    person="subject",
    kept=(Kept("requests", "closed_at"),),
    personal={
        "kind": _EVIDENCE,
        "channel": _EVIDENCE,
        "subject": SUBJECT.to(ANSWER),
        "number": Personal("contact", ANSWER, "sealed"),
        "status": _EVIDENCE,
        "opened_by": USER.to(ANSWER),
        "customers": SUBJECT.to(ANSWER),
        "holders": SUBJECT.to(ANSWER),
        "correction": Personal("identity", ANSWER, "sealed"),
        "code": Personal("account", ANSWER, "hashed"),
        "verified": _EVIDENCE,
        "refusal": _EVIDENCE,
        "certificate": _EVIDENCE,
    },
    plain=("_id", "state", "fingerprint", "extension", "awaiting", "erasure"),
)


@dataclass(frozen=True)
class Sought:
    """Which requests of the board: None is any. `due_before` is exclusive."""

    open: bool | None = None
    status: Status | None = None
    kind: Kind | None = None
    due_before: datetime | None = None

    def query(self) -> Document:
        """In the words of the store."""
        told = {"open": self.open, "status": self.status, "kind": self.kind}
        query: Document = {name: value for name, value in told.items() if value is not None}
        return query | ({"due_at": {"$lt": self.due_before}} if self.due_before else {})


class Requests:
    """One tenant's."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.collection("requests")

    async def get(self, request_id: str) -> Request | None:
        """The request with this id."""
        row = await self._rows.get({"_id": request_id})
        return _request(row) if row else None

    async def put(self, request: Request) -> None:
        """Writes it as it is now."""
        await self._rows.put(_row(request))

    async def open_of(self, subject: str, kind: Kind) -> Sequence[Request]:
        """The requests of this kind and person that are not done with."""
        rows = await self._rows.list({"subject": subject, "open": True, "kind": kind})
        return [_request(row) for row in rows]

    async def overdue(self, now: datetime) -> int:
        """How many are open though their time is over."""
        return await self._rows.count({"open": True, "due_at": {"$lt": now}})

    async def list(
        self, sought: Sought, after: tuple[datetime, str] | None, limit: int
    ) -> Sequence[Request]:
        """The soonest due first, from a place (time and id) on."""
        query: Document = {"$and": [sought.query(), _after(after)]}
        rows = await self._rows.list(query, sort=[("due_at", 1), ("_id", 1)], limit=limit)
        return [_request(row) for row in rows]


def _after(place: tuple[datetime, str] | None) -> Document:
    if place is None:
        return {}
    at, key = place
    return {"$or": [{"due_at": {"$gt": at}}, {"due_at": at, "_id": {"$gt": key}}]}


def _request(row: Document) -> Request:
    return Request.model_validate({**row, "id": row["_id"]})


def _row(request: Request) -> Document:
    told = {"status": request.status, "open": request.state not in CLOSED}
    return {"_id": request.id, **request.model_dump(exclude={"id"}), **told}
