"""The agency's trail: who did what, and what was signed of it."""

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.pages.screen import PageRoute, Seen

router = APIRouter(route_class=PageRoute)

LISTED, SIGNED = 25, 5


@router.get("/audit")
async def audit(
    seen: Seen,
    action: str | None = None,
    actor: str | None = None,
    subject: str | None = None,
    cursor: str | None = None,
) -> Response:
    """The latest entries, or those that are asked for, and the latest signed states."""
    asked = {"action": action or "", "actor": actor or "", "subject": subject or ""}
    found = await seen.get("/v1/audit", {}, limit=LISTED, cursor=cursor, **asked)
    signed = await seen.get("/v1/audit/checkpoints", limit=SIGNED)
    return seen.show("audit.html", found=found, signed=signed["data"], asked=asked)
