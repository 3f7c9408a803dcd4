"""What endpoints are owed, and were sent: for a week, and no longer than the person stays."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from libs.common.events.personal import CARRY, SUBJECT, Personal
from libs.common.mongo import Document, Entity, Index, TenantScope, before
from services.gateway.domain.hooks.delivery import KEPT, Delivery

_CODED = Personal("identity", CARRY, "coded")

DELIVERIES = Entity(
    "deliveries",
    {
        "webhook": ("string",),
        "event": ("string",),
        "type": ("string",),
        "at": ("date",),
        "body": ("string",),
        "created_at": ("date",),
        "subject": ("string", "null"),
        "about": ("array",),
        "state": ("string",),
        "attempts": ("int", "long"),
        "tries": ("int", "long"),
        "status": ("int", "long", "null"),
        "trouble": ("string", "null"),
        "last_at": ("date", "null"),
        "next_at": ("date", "null"),
    },
    ("webhook", "event", "type", "at", "body", "created_at", "about", "state"),
    (
        Index((("subject", 1),)),
        Index((("about", 1),)),
        Index((("webhook", 1), ("created_at", -1), ("_id", -1))),
        Index((("created_at", 1),), ttl=int(KEPT.total_seconds())),
    ),
    person="subject",
    personal={
        "subject": SUBJECT.to(CARRY),
        "about": _CODED,
        "body": _CODED,
    },
    plain=("_id", "webhook", "event", "type", "state", "trouble"),
)
_FIELDS = tuple(one.name for one in fields(Delivery) if one.name != "id")


class Deliveries:
    """One tenant's."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.collection(DELIVERIES.name)

    async def get(self, delivery: str) -> Delivery | None:
        """The delivery with this id."""
        row = await self._rows.get({"_id": delivery})
        return _delivery(row) if row else None

    async def put(self, delivery: Delivery) -> None:
        """Writes all of it."""
        await self._rows.put(_document(delivery))

    async def add_new(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """Adds those that are not there, and returns them."""
        ids = [one.id for one in deliveries]
        rows = await self._rows.list({"_id": {"$in": ids}}, fields={"_id": 1})
        there = {row["_id"] for row in rows}
        new = [one for one in deliveries if one.id not in there]
        await self._rows.insert_all([_document(one) for one in new])
        return new

    async def page(
        self, webhook: str, after: tuple[datetime, str] | None, limit: int
    ) -> list[Delivery]:
        """Those of an endpoint, the latest first, from a place (time and id) on."""
        query: Document = {"webhook": webhook, **before("created_at", after)}
        rows = await self._rows.list(query, sort=[("created_at", -1), ("_id", -1)], limit=limit)
        return [_delivery(row) for row in rows]

    async def take_out(self, query: Document, limit: int = 0) -> list[str]:
        """Deletes those that fit, `limit` at the most where it is not 0, and returns their ids."""
        rows = await self._rows.list(query, limit=limit, fields={"_id": 1})
        ids = [row["_id"] for row in rows]
        if ids:
            await self._rows.remove({"_id": {"$in": ids}})
        return ids


def _document(delivery: Delivery) -> Document:
    told = asdict(delivery)
    return {"_id": told.pop("id"), **told, "about": list(delivery.about)}


def _delivery(row: Document) -> Delivery:
    known: dict[str, Any] = {name: row[name] for name in _FIELDS if name in row}
    return Delivery(id=row["_id"], **{**known, "about": tuple(row["about"])})
