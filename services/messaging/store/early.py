"""Receipts that came before the id they speak of was known: they wait here for it."""

from datetime import datetime, timedelta
from typing import Final

from libs.common.events import MessageStatus
from libs.common.events.personal import SUBJECT, WRITE, Personal
from libs.common.mongo import Entity, Index, TenantScope

WAITS: Final = timedelta(minutes=15)
"""The provider's id is known within the minute, or never: many a receipt of no message of ours
waits in vain, and whose it is would be kept for nothing."""

EARLY = Entity(
    "early",
    {"provider_id": ("string",), "at": ("date",), "over_at": ("date",), "receipt": ("object",)},
    ("provider_id", "at", "over_at", "receipt"),
    (
        Index((("provider_id", 1),)),
        Index((("receipt.subject", 1),)),
        Index((("over_at", 1),), ttl=0),
    ),
    person="receipt.subject",
    personal={
        "receipt": Personal("behaviour", WRITE),
        "receipt.subject": SUBJECT.to(WRITE),
    },
    plain=("_id", "provider_id"),
)


class Early:
    """One tenant's. `_id` is the provider's id and its word, so that a repetition is one."""

    def __init__(self, scope: TenantScope) -> None:
        self._rows = scope.collection("early")

    async def keep(self, receipt: MessageStatus, now: datetime) -> None:
        """Keeps a receipt until its message is known, and not for long."""
        await self._rows.put(
            {
                "_id": f"{receipt.message_id}/{receipt.status}",
                "provider_id": receipt.message_id,
                "at": receipt.occurred_at,
                "over_at": now + WAITS,
                "receipt": receipt.model_dump(mode="json"),
            }
        )

    async def take(self, provider_id: str) -> list[MessageStatus]:
        """The receipts for this id in their order; they are gone from here."""
        query = {"provider_id": provider_id}
        rows = await self._rows.list(query, sort=[("at", 1)])
        if rows:
            await self._rows.remove(query)
        return [MessageStatus.model_validate(row["receipt"]) for row in rows]
