"""The agency's own people, and for an Admin where one of them is signed in."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from libs.common import clock
from libs.common.web import not_found
from services.gateway.api.sessions import OF_OTHERS, list_sessions
from services.gateway.api.users import list_users
from services.gateway.domain.roles import Role
from services.gateway.pages.screen import PageRoute, Screen, Seen

router = APIRouter(route_class=PageRoute)


@router.get("/users")
async def users(seen: Seen, request: Request) -> Response:
    """All of them, with what may be changed."""
    found = await list_users(seen.me, request)
    last = await _last_used(seen) if OF_OTHERS in seen.me.scopes else {}
    me = seen.me.account.id
    return seen.show("users.html", users=found.data, last=last, roles=list(Role), me=me)


@router.get("/users/{user_id}")
async def user(user_id: str, seen: Seen, request: Request) -> Response:
    """Where one is signed in, and a link to a new password."""
    one = await seen.desk.store(seen.me.tenant).users.get(user_id)
    if one is None:
        raise not_found()
    found = await list_sessions(seen.me, request, user_id)
    return seen.show("user.html", one=one, sessions=found.data, me=seen.me.account.id)


async def _last_used(seen: Screen) -> dict[str, datetime]:
    """When the sessions that last were used last, by user; of ended ones nothing is kept."""
    last: dict[str, datetime] = {}
    for session in await seen.desk.store().sessions.within(seen.me.tenant):
        if session.alive(clock.now()):
            before = last.get(session.account, session.seen_at)
            last[session.account] = max(before, session.seen_at)
    return last
