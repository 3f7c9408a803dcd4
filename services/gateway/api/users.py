"""The agency's own users, and how they join."""

from typing import Annotated
from uuid import uuid4

import structlog
from fastapi import APIRouter, Request
from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from libs.common import clock
from libs.common.events import Note
from libs.common.mongo import Work
from libs.common.web import NOT_FOUND, Page, Problem, not_found, refuses
from services.gateway.api.access import Agency, Signed, Visitor, operation_of
from services.gateway.api.desk import Desk, desk_of
from services.gateway.api.inviting import USER_EXISTS, email_field, invite
from services.gateway.api.passwords import WEAK, refuse_weak
from services.gateway.api.shapes import Invited, Mine, User
from services.gateway.domain.account import Account, EmailTaken, LastAdmin, changed, manages
from services.gateway.domain.invitation import Invitation
from services.gateway.domain.passwords import LONGEST
from services.gateway.domain.roles import Role
from services.gateway.domain.session import digest
from services.gateway.store import Store

router = APIRouter(prefix="/v1", tags=["users"])
log = structlog.get_logger()

_GONE = "This invitation is not good any more: ask for another."

Email = Annotated[str, Mine, Field(max_length=254), AfterValidator(email_field)]


class NewUser(BaseModel):
    """Somebody to invite."""

    email: Email
    role: Role


class UserChange(BaseModel):
    """What to change; what is left out stays."""

    role: Role | None = None
    disabled: bool | None = None


class Acceptance(BaseModel):
    """The token of an invitation, and what its owner wants to be called and sign in with."""

    token: Annotated[str, Mine, Field(max_length=200)]
    name: Annotated[
        str, Mine, StringConstraints(strip_whitespace=True), Field(min_length=1, max_length=100)
    ]
    password: Annotated[str, Mine, Field(max_length=LONGEST)]


@router.get("/users", summary="List the agency's users")
async def list_users(me: Signed, request: Request) -> Page[User]:
    """All of them, the oldest first, on one page."""
    desk, tenant = desk_of(request), me.account.tenant
    users = await desk.store(tenant).users.all()
    operation = str(operation_of(request))
    await desk.saw(tenant, me.actor, operation, "users", documents=len(users))
    return Page(data=[User.of(user) for user in users], next_cursor=None)


@router.post(
    "/users",
    status_code=201,
    summary="Invite a user",
    responses=refuses(404, NOT_FOUND) | refuses(409, {"user_exists": USER_EXISTS}),
)
async def invite_user(new: NewUser, me: Signed, tenant: Agency, request: Request) -> Invited:
    """Gives a link, good once and for seven days, with which the person sets a password."""
    log.info("user.invited", tenant=tenant.tenant, by=me.account.id, role=new.role.value)
    return await invite(desk_of(request), tenant, new.email, new.role, me.actor)


@router.patch(
    "/users/{user_id}",
    summary="Change a user's role, or disable them",
    responses=refuses(
        409, {"last_admin": "This is refused: an agency needs at least one active Admin."}
    ),
)
async def change_user(
    user_id: str, change: UserChange, me: Signed, tenant: Agency, request: Request
) -> User:
    """Takes effect at once: all sessions of the user end; links that an Admin gave out are void."""

    async def body(store: Store, work: Work) -> Account:
        await store.turns.take(f"users:{me.account.tenant}")
        account = await store.users.get(user_id)
        if account is None:
            raise not_found()
        after = _changed(account, await store.users.all(), change)
        if after != account:
            await store.users.save(after)
            await store.resets.void(account.id)
            ended = await store.sessions.end_all(account.id)
            if not manages(after):
                await _void(after, store)
            work.note(_note(account, after, me, ended))
        return after

    return User.of(await desk_of(request).write(body, tenant))


@router.post(
    "/invitations:accept",
    status_code=201,
    summary="Accept an invitation",
    responses=refuses(410, {"invitation_gone": _GONE}) | refuses(422, WEAK),
)
async def accept_invitation(acceptance: Acceptance, request: Request) -> User:
    """Makes the account. A link that is used, expired or unknown is answered alike."""
    desk, token = desk_of(request), digest(acceptance.token)
    invitation = await desk.store().invitations.get(token)
    if invitation is None or not invitation.good(clock.now()):
        raise _gone()
    refuse_weak(acceptance.password, email=invitation.email)
    account = await _account(desk, invitation, acceptance)

    async def body(store: Store, work: Work) -> None:
        if not await store.invitations.use_up(token):
            raise _gone()
        await store.accounts.add(account)
        facts = {"role": account.role.value}
        actor = f"user:{account.id}"
        note = Note(action="user.joined", actor=actor, object=account.id, facts=facts)
        work.note(note, tenant=account.tenant)

    try:
        await desk.write(body)
    except EmailTaken:
        raise _gone() from None
    log.info("user.joined", tenant=account.tenant, user=account.id)
    return User.of(account)


async def _account(desk: Desk, invitation: Invitation, acceptance: Acceptance) -> Account:
    return Account(
        id=f"usr_{uuid4().hex}",
        tenant=invitation.tenant,
        email=invitation.email,
        name=acceptance.name,
        role=invitation.role,
        password=await desk.passwords.hashed(acceptance.password),
        created_at=clock.now(),
    )


async def _void(account: Account, store: Store) -> None:
    """The links that somebody gave out, who would have a way back in by them."""
    by = f"user:{account.id}"
    await store.invitations.void_of(account.tenant, by)
    await store.resets.void_of(account.tenant, by)


def _changed(account: Account, everyone: list[Account], change: UserChange) -> Account:
    try:
        return changed(account, everyone, role=change.role, disabled=change.disabled)
    except LastAdmin as error:
        raise Problem(409, "last_admin", f"This is refused: {error}.") from None


def _note(before: Account, after: Account, me: Visitor, ended: int) -> Note:
    left = after.disabled and not before.disabled
    return Note(
        action="user.disabled" if left else "user.changed",
        actor=me.actor,
        object=after.id,
        facts={"role": after.role.value, "disabled": after.disabled, "sessions_ended": ended},
    )


def _gone() -> Problem:
    return Problem(410, "invitation_gone", _GONE)
