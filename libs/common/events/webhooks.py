"""Webhooks that were signed but have no tenant or no meaning for us."""

from typing import Annotated, ClassVar

from pydantic import AwareDatetime

from libs.common.events.base import Event
from libs.common.events.personal import CARRY, Personal

Sealed = Annotated[str, Personal("content", CARRY, "sealed")]


class WebhookQuarantined(Event):
    """A webhook for the operators to look at; it belongs to the platform, not to a tenant.

    `webhook_id` is the provider's event id, or a hash of the body where that cannot be read.
    `reason` is a code; `sealed` is the raw body, sealed with the platform's key, in base64.
    """

    TYPE: ClassVar[str] = "webhook.quarantined"
    TOPIC: ClassVar[str] = "ingest.dead.v1"

    webhook_id: str
    reason: str
    event_type: str | None = None
    received_at: AwareDatetime
    sealed: Sealed

    def about(self) -> str:
        """The webhook."""
        return self.webhook_id
