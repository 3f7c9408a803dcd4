"""The quarantine: webhooks without a tenant, or without a meaning, for operators."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator
from datetime import datetime
from functools import partial

from libs.common.events import ErasureOrdered, WebhookQuarantined
from libs.common.events.personal import ANSWER, CARRY, Personal
from libs.common.keys import PLATFORM, Keys, NoKeyError, SealBroken
from libs.common.mongo import Document, Documents, Entity, Index, TenantScope, before
from libs.common.privacy import Eraser, Rows, Teller, mentions

QUARANTINE_FIELD = "quarantine"
"""What the body of a webhook is bound to when it is sealed."""

QUARANTINE_DAYS = 7  # no tenant is known whose period would count

QUARANTINE = Entity(
    "quarantine",
    {
        "reason": ("string",),
        "event_type": ("string", "null"),
        "received_at": ("date",),
        "sealed": ("string",),
    },
    ("reason", "received_at", "sealed"),
    (
        Index((("received_at", -1), ("_id", -1))),
        Index((("received_at", 1),), ttl=QUARANTINE_DAYS * 86_400),
    ),
    personal={
        "sealed": Personal("content", CARRY, "sealed"),
    },
    plain=("_id", "reason", "event_type"),
)


ERASING = Entity(
    "erasing",
    {"tenant": ("string",), "order": ("object",), "at": ("date",)},
    ("tenant", "order"),
    personal={"order": Personal("identity", ANSWER, "coded")},
    plain=("_id", "tenant"),
)
SHARED = (QUARANTINE, ERASING)
_PAGE = 100
_SET_ASIDE = (
    "Reports of the telephone provider that name your number and could not be assigned to anybody. "
    "They are sealed, nobody of the agency can read them, and they are deleted by themselves."
)


class Erasing:
    """Orders of all tenants that a job is yet to do; what is written is the scope's tenant's."""

    def __init__(self, scope: TenantScope) -> None:
        self._tenant = scope.tenant
        self._rows = scope.shared("erasing")

    async def add(self, order: ErasureOrdered, at: datetime) -> None:
        """Leaves an order for the job."""
        row = {"tenant": self._tenant, "order": order.model_dump(mode="json"), "at": at}
        await self._rows.put({"_id": self._key(order), **row})

    async def open(self) -> list[tuple[str, ErasureOrdered]]:
        """Tenant and order of each."""
        rows = await self._rows.list({})
        return [(row["tenant"], ErasureOrdered.model_validate(row["order"])) for row in rows]

    async def end(self, order: ErasureOrdered) -> bool:
        """It is done; False where another process was faster."""
        return await self._rows.remove({"_id": self._key(order)}) > 0

    async def drop(self, tenant: str) -> None:
        """Nobody asks for the orders of a tenant that has left."""
        await self._rows.remove({"tenant": tenant})

    def _key(self, order: ErasureOrdered) -> str:
        return f"{self._tenant}:{order.request_id}:{order.subject}:{order.round}"


class Store:
    """What ingest keeps; it belongs to the platform, since no tenant is known for it."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self._tenant = scope.tenant
        self._keys = keys
        self._quarantine = scope.shared("quarantine")
        self.erasing = Erasing(scope)
        self.eraser = Eraser(scope, keys)
        self.teller = Teller(scope, keys)

    async def keep(self, webhook: WebhookQuarantined) -> None:
        """Adds a webhook; the same one twice is one."""
        row = webhook.model_dump(exclude={"webhook_id"})
        await self._quarantine.put({"_id": webhook.webhook_id, **row})

    async def page(self, after: tuple[datetime, str] | None, limit: int) -> Documents:
        """The latest first, without the sealed bodies."""
        order = [("received_at", -1), ("_id", -1)]
        return await self._quarantine.list(
            before("received_at", after), sort=order, limit=limit, fields={"sealed": 0}
        )

    async def count(self) -> int:
        """How many webhooks lie there."""
        return await self._quarantine.count({})

    async def erase(self, subject: str, region: str) -> int:
        """Deletes the webhooks that speak of a person of this tenant; says how many.

        Outside any transaction, page by page: nobody bounds how many there are.
        """
        removed = 0
        async for found in self._speaking(subject, region):
            removed += await self._quarantine.remove({"_id": {"$in": found}})
        return removed

    async def told(self, subject: str, region: str) -> Rows:
        """How many webhooks speak of a person of this tenant. What they say may be another's."""
        count = 0
        async for found in self._speaking(subject, region):
            count += len(found)
        row = {"webhooks": count, "explanation": _SET_ASIDE, "kept_for_days": QUARANTINE_DAYS}
        return {"quarantine": [row]} if count else {}

    async def _speaking(self, subject: str, region: str) -> AsyncIterator[list[str]]:
        """The ids of those that speak of the person, page by page."""
        last = ""
        while rows := await self._quarantine.list(
            {"_id": {"$gt": last}}, sort=[("_id", 1)], limit=_PAGE
        ):
            last = rows[-1]["_id"]
            found = [row["_id"] for row in rows if self._speaks(row, subject, region)]
            if found:
                yield found
            await asyncio.sleep(0)

    def _speaks(self, row: Document, subject: str, region: str) -> bool:
        try:
            body = self._keys.unseal(PLATFORM, QUARANTINE_FIELD, b64decode(row["sealed"]))
        except (SealBroken, NoKeyError):
            return False  # nobody can read it
        return mentions(body, subject, partial(self._keys.code, self._tenant), region)
