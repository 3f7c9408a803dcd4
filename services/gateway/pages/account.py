"""One's own account: where one is signed in, and a new password."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.gateway.api.sessions import list_sessions
from services.gateway.pages.screen import PageRoute, Seen

router = APIRouter(route_class=PageRoute)


@router.get("/account")
async def account(seen: Seen, request: Request, changed: bool = False) -> Response:
    """For everybody; `changed` is said once, after a new password."""
    found = await list_sessions(seen.me, request)
    return seen.show("account.html", sessions=found.data, me=seen.me.account, changed=changed)
