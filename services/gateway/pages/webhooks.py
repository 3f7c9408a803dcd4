"""Endpoints of the agency's apps, and the log of what was sent to one."""

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.common import clock
from libs.common.web import not_found
from services.gateway.api.webhook_bodies import Webhook
from services.gateway.api.webhook_deliveries import list_webhook_deliveries
from services.gateway.api.webhooks import list_webhooks
from services.gateway.pages.screen import PageRoute, Seen

router = APIRouter(route_class=PageRoute)

LISTED: Final = 25
EVENTS: Final = {
    "calls": ("call.started", "call.answered", "call.matched", "call.ended", "insight.produced"),
    "texts": (
        "sms.received",
        "sms.sent",
        "sms.delivered",
        "sms.failed",
        "sms.blocked",
        "sms.unconfirmed",
    ),
    "customers": ("customer.saved", "customer.removed", "consent.changed", "import.finished"),
}
"""What an endpoint may be told of, by what it is about."""


@router.get("/webhooks")
async def webhooks(seen: Seen, request: Request) -> Response:
    """All of them, and a form for another."""
    found = await list_webhooks(seen.me, request)
    return seen.show("webhooks.html", hooks=found.data, groups=EVENTS)


@router.get("/webhooks/{webhook_id}")
async def webhook(
    webhook_id: str, seen: Seen, request: Request, cursor: str | None = None
) -> Response:
    """How it is doing, what can be done about it, and what was sent to it."""
    endpoint = await seen.desk.store(seen.me.tenant).hooks.endpoints.get(webhook_id)
    if endpoint is None:
        raise not_found()
    sent = await list_webhook_deliveries(webhook_id, seen.me, request, LISTED, cursor)
    return seen.show(
        "webhook.html",
        hook=Webhook.of(endpoint),
        both_until=endpoint.both_until(clock.now()),
        sent=sent,
        groups=EVENTS,
        later=cursor is not None,
    )
