"""The agency's own people."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.gateway.api.users import list_users
from services.gateway.domain.roles import Role
from services.gateway.pages.screen import PageRoute, Seen

router = APIRouter(route_class=PageRoute)


@router.get("/users")
async def users(seen: Seen, request: Request) -> Response:
    """All of them, with what may be changed."""
    found = await list_users(seen.me, request)
    return seen.show("users.html", users=found.data, roles=list(Role), me=seen.me.account.id)
