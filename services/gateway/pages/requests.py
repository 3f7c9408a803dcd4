"""What people ask of their data: the board, and one request with what can be done about it."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from libs.common import clock
from services.gateway.pages.screen import PageRoute, Seen

router = APIRouter(route_class=PageRoute)

LISTED = 25
NAMED = 50
"""Customers of one number that can be chosen from; so many records a request may name."""
KINDS = ("access", "erasure", "objection", "restriction")
CHANNELS = ("oral", "email", "post", "web", "agent")
WAYS = ("in_person", "document", "called_back", "account", "representative")
GROUNDS = ("not_identified", "unfounded", "repetitive", "disproportionate", "legal_duty")
ONE = "/v1/privacy/requests/{request_id}"


@router.get("/requests")
async def requests(seen: Seen, cursor: str | None = None, every: bool = False) -> Response:
    """The open ones, or every one, the soonest due first."""
    still_open = None if every else "true"
    found = await seen.get("/v1/privacy/requests", limit=LISTED, cursor=cursor, open=still_open)
    for one in found["data"]:
        one["days"] = _days_left(one)
    return seen.show("requests.html", found=found, every=every, kinds=KINDS, channels=CHANNELS)


@router.get("/requests/{request_id}")
async def request(request_id: str, seen: Seen) -> Response:
    """How far it has come; its certificate, once there is one."""
    values = {"request_id": request_id}
    told = await seen.get(ONE, values)
    told["days"] = _days_left(told)
    holders = [await _holder(one, seen) for one in told["holders"][:NAMED]]
    done = told["closed_at"] is not None and told["status"] in {"completed", "delivered"}
    proof = await seen.find(f"{ONE}/certificate", values) if done else None
    return seen.show(
        "request.html", told=told, holders=holders, proof=proof, ways=WAYS, grounds=GROUNDS
    )


async def _holder(customer_id: str, seen: Seen) -> dict[str, Any]:
    """A customer of whom a request may be; without a name where the record is gone by now."""
    found = await seen.find("/v1/customers/{customer_id}", {"customer_id": customer_id})
    return {"id": customer_id, **(found or {})}


def _days_left(told: dict[str, Any]) -> int | None:
    """Whole days until it is due, below zero when it is late; None once it is closed."""
    if told["closed_at"]:
        return None
    return (datetime.fromisoformat(told["due_at"]) - clock.now()).days
