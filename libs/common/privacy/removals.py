"""Customers whose record was removed: no match that was drawn from it brings them back."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from libs.common.bus.guard import HEARD
from libs.common.events import CustomerRemoved
from libs.common.events.personal import RECOGNISE, Personal
from libs.common.mongo import Document, Entity, Index, TenantScope

KEPT_DAYS: Final = 30
"""Longer than topics and parked records keep a match that could bring somebody back."""

REMOVALS = Entity(
    "removals",
    {"at": ("date",), "turn": ("string",), "removed_at": ("date",)},
    ("at", "turn"),
    (Index((("at", 1),), ttl=KEPT_DAYS * 86_400),),
    personal={"_id": Personal("identity", RECOGNISE, "coded")},
    plain=("turn",),
)


class Removals:
    """One tenant's. `_id` is the customer; the server's TTL index sweeps them, from `at` on.

    A match writes the rows of those whom it names, and so does a removal: where both commit at
    one moment, one runs again and sees the other. So whoever was named lately has a row; of who
    was not removed it says no more than that. `turn` is drawn anew each time, since a write that
    changes nothing is none.
    """

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.collection(REMOVALS.name)

    async def note(self, removal: CustomerRemoved, now: datetime) -> datetime:
        """Keeps that the customer is removed; says until when matches may have named them."""
        removed_at = removal.removed_at or now
        told = {"$set": {"at": now, **_turn()}, "$max": {"removed_at": removed_at}}
        await self._rows.update({"_id": removal.customer_id}, told, upsert=True)
        return removed_at + HEARD

    async def among(
        self, customers: Iterable[str], matched_at: datetime | None, now: datetime
    ) -> frozenset[str]:
        """Those of these customers who were removed since, or while, the match was drawn.

        Who is on file again since then is not among them. A match that does not say when it was
        drawn is from before there was anything to say.
        """
        gone = set()
        for customer in customers:
            told = {"$set": _turn(), "$setOnInsert": {"at": now}}
            row = await self._rows.change({"_id": customer}, told, upsert=True)
            removed_at = row.get("removed_at") if row else None
            if removed_at and (matched_at is None or matched_at <= removed_at + HEARD):
                gone.add(customer)
        return frozenset(gone)


def _turn() -> Document:
    return {"turn": secrets.token_hex(8)}
