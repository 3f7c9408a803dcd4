"""Making links with which a user sets a new password, for Admins and for operators."""

import structlog
from fastapi import APIRouter, Request

from libs.common.events import Note
from libs.common.mongo import Work
from libs.common.web import Problem, not_found, refuses
from services.gateway.api.access import Signed
from services.gateway.api.desk import Desk, desk_of
from services.gateway.api.shapes import ResetLink
from services.gateway.domain.account import Account
from services.gateway.domain.reset import GOOD_FOR, Reset
from services.gateway.domain.session import digest, new_secret
from services.gateway.store import Store

router = APIRouter(prefix="/v1", tags=["users"])
_DISABLED = "This user is shut out: let them in again first."
log = structlog.get_logger()


@router.post(
    "/users/{user_id}:reset",
    status_code=201,
    summary="Let a user set a new password",
    responses=refuses(409, {"user_disabled": _DISABLED}),
)
async def reset_user(user_id: str, me: Signed, request: Request) -> ResetLink:
    """Gives a link, good once and for an hour, to hand over. The old password holds until then."""
    desk = desk_of(request)
    account = await desk.store(me.account.tenant).users.get(user_id)
    if account is None:
        raise not_found()
    return await reset(desk, account, me.actor)


async def reset(desk: Desk, account: Account, by: str) -> ResetLink:
    """Makes the link; an earlier one of the user's is void. `by` as the audit names people."""
    if account.disabled:
        raise Problem(409, "user_disabled", _DISABLED)
    token = new_secret()

    async def body(store: Store, work: Work) -> Reset:
        made = Reset(digest(token), account.tenant, account.id, work.now + GOOD_FOR, by)
        await store.resets.put(made)
        note = Note(action="user.reset_made", actor=by, object=account.id)
        work.note(note, tenant=account.tenant)
        return made

    made = await desk.write(body)
    log.info("user.reset_made", tenant=account.tenant, user=account.id, by=by)
    return ResetLink.of(made, token, desk.site.public_url)
