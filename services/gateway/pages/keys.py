"""The keys of the agency's programs."""

from datetime import datetime
from typing import Final, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.common import clock
from services.gateway.api.keys import ApiKey, list_keys
from services.gateway.domain.key import KeyScope, begins
from services.gateway.pages.screen import PageRoute, Seen

router = APIRouter(route_class=PageRoute)

SCOPES: Final = {
    "calls": (
        KeyScope.CALLS_READ,
        KeyScope.INSIGHTS_READ,
        KeyScope.INSIGHTS_FEEDBACK,
        KeyScope.LIVE_READ,
    ),
    "customers": (
        KeyScope.CUSTOMERS_READ,
        KeyScope.CUSTOMERS_WRITE,
        KeyScope.IMPORTS_READ,
        KeyScope.IMPORTS_WRITE,
    ),
    "texts": (
        KeyScope.MESSAGES_READ,
        KeyScope.MESSAGES_WRITE,
        KeyScope.CONVERSATIONS_READ,
        KeyScope.TEMPLATES_READ,
        KeyScope.TEMPLATES_WRITE,
        KeyScope.SENDERS_READ,
        KeyScope.SENDERS_WRITE,
    ),
    "people": (
        KeyScope.CONSENTS_READ,
        KeyScope.CONSENTS_WRITE,
        KeyScope.PRIVACY_READ,
        KeyScope.PRIVACY_WRITE,
    ),
    "agency": (
        KeyScope.NUMBERS_READ,
        KeyScope.USAGE_READ,
        KeyScope.AUDIT_READ,
        KeyScope.PROOF_READ,
        KeyScope.SAFEGUARDS_READ,
    ),
}
"""What a key may be good for, by what it is about."""
DAYS, USUAL = (7, 30, 90, 180, 365), 90
"""How long a new key may be chosen to last."""

State = Literal["good", "expired", "revoked"]


@router.get("/keys")
async def keys(seen: Seen, request: Request) -> Response:
    """All of them, and a form for another."""
    found = await list_keys(seen.me, request)
    now = clock.now()
    listed = [(one, state(one, now), begins(one.id)) for one in found.data]
    return seen.show("keys.html", listed=listed, groups=SCOPES, days=DAYS, usual=USUAL)


def state(key: ApiKey, now: datetime) -> State:
    """Whether it is good."""
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= now else "good"
