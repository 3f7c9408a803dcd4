"""The agency's customers, and what is known of one of them."""

import asyncio
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from libs.common.customers.correction import LABELS
from services.gateway.pages.imports import BASES
from services.gateway.pages.screen import PageRoute, Screen, Seen

router = APIRouter(route_class=PageRoute)

LISTED, NUMBERS, CALLS, TEXTS = 25, 3, 10, 20


@router.get("/customers")
async def customers(seen: Seen, cursor: str | None = None) -> Response:
    """The last written first, page by page; searching is a matter of the page's script."""
    found = await seen.get("/v1/customers", limit=LISTED, cursor=cursor)
    return seen.show("customers.html", found=found, later=cursor is not None)


@router.get("/customers/{customer_id}")
async def customer(customer_id: str, seen: Seen) -> Response:
    """The record, and for each number what it allows, its calls and its texts."""
    told, version = await seen.read("/v1/customers/{customer_id}", {"customer_id": customer_id})
    numbers = told["numbers"][:NUMBERS]
    about = await asyncio.gather(*(_about(seen, number) for number in numbers))
    return seen.show(
        "customer.html", customer=told, about=about, version=version, labels=LABELS, bases=BASES
    )


async def _about(seen: Screen, number: dict[str, Any]) -> dict[str, Any]:
    subject = {"subject": number["subject"]}
    consent, calls, thread = await asyncio.gather(
        seen.find("/v1/consents/{subject}", subject, limit=1),
        seen.find("/v1/calls", subject=number["subject"], limit=CALLS),
        seen.find("/v1/conversations/{subject}", subject, limit=TEXTS),
    )
    state = consent["state"] if consent else None
    return {
        "number": number,
        "allowed": state,
        "marketing": _marketing(state["permissions"]) if state else None,
        "calls": calls["data"] if calls else [],
        "texts": thread["messages"] if thread else [],
    }


def _marketing(permissions: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The last word on promotions by SMS."""
    wanted = ("marketing", "sms")
    return next((p for p in permissions if (p["purpose"], p["channel"]) == wanted), None)
