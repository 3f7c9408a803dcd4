"""The quarantine: webhooks without a tenant, or without a meaning, for operators."""

from datetime import datetime

from libs.common.events import WebhookQuarantined
from libs.common.events.personal import CARRY, Personal
from libs.common.mongo import Documents, Entity, Index, TenantScope, before

QUARANTINE_DAYS = 7  # no tenant is known whose period would count, and no erasure finds them

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


class Store:
    """What ingest keeps; it belongs to the platform, since no tenant is known for it."""

    def __init__(self, scope: TenantScope) -> None:
        self._quarantine = scope.shared("quarantine")

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
