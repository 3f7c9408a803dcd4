"""Passwords that are replaced: by their owner, or with a link that an Admin hands over."""

from typing import Annotated

import structlog
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from libs.common import clock
from libs.common.events import Note
from libs.common.mongo import Work
from libs.common.web import Problem, refuses
from services.gateway.api.access import Signed, Visitor
from services.gateway.api.beginning import Beginning, still
from services.gateway.api.desk import Desk, desk_of
from services.gateway.api.passwords import WEAK, refuse_weak
from services.gateway.api.session import NOT_READY, told
from services.gateway.api.shapes import Mine, SignedIn
from services.gateway.api.trying import TOO_MANY, book, remember, try_of
from services.gateway.domain.account import Account
from services.gateway.domain.passwords import LONGEST
from services.gateway.domain.reset import Reset
from services.gateway.domain.session import digest
from services.gateway.store import Store

router = APIRouter(prefix="/v1")
log = structlog.get_logger()

_WRONG = "The old password is not right."
_GONE = "This link is not good any more: ask for another."

Password = Annotated[str, Mine, Field(max_length=LONGEST)]


class PasswordChange(BaseModel):
    """The password that holds, and the one that is to hold."""

    old_password: Password
    new_password: Password


class NewPassword(BaseModel):
    """The token of a link, and the password that is to hold."""

    token: Annotated[str, Mine, Field(max_length=200)]
    password: Password


@router.post(
    "/session:change-password",
    summary="Change one's own password",
    tags=["session"],
    responses=refuses(422, {"wrong_password": _WRONG} | WEAK)
    | refuses(429, TOO_MANY)
    | refuses(503, NOT_READY),
)
async def change_password(
    change: PasswordChange, me: Signed, request: Request, response: Response
) -> SignedIn:
    """Ends all sessions, and begins a new one here. Tries are counted as those to sign in are."""
    desk, account = desk_of(request), me.account
    await _proved(request, account, change.old_password)
    refuse_weak(change.new_password, email=account.email)
    fresh = await desk.passwords.hashed(change.new_password)
    beginning = Beginning(request, account)

    async def body(store: Store, work: Work) -> None:
        if not await still(account, store):
            raise _wrong()
        ended = await _replace(account, fresh, store)
        note = _note(account, "user.password_changed", {"sessions_ended": ended})
        work.note(note, tenant=account.tenant)
        await beginning.write(store, work)

    await desk.write(body)
    beginning.hand_out(response)
    remember(request, response, account)
    log.info("password.changed", tenant=account.tenant, user=account.id)
    return await told(desk, Visitor(beginning.session, account))


@router.post(
    "/resets:accept",
    status_code=204,
    summary="Set a password with a link",
    tags=["users"],
    responses=refuses(410, {"reset_gone": _GONE}) | refuses(422, WEAK),
)
async def accept_reset(new: NewPassword, request: Request, response: Response) -> None:
    """Ends all sessions of the user. A link that is used, expired or unknown is answered alike."""
    desk, token = desk_of(request), digest(new.token)
    reset = await desk.store().resets.get(token)
    account = await desk.store().accounts.get(reset.account) if reset else None
    if reset is None or account is None or not reset.good(account, clock.now()):
        raise _gone()
    refuse_weak(new.password, email=account.email)
    await _set(desk, reset, account, await desk.passwords.hashed(new.password))
    remember(request, response, account)
    log.info("password.reset", tenant=account.tenant, user=account.id)


async def _set(desk: Desk, reset: Reset, account: Account, fresh: str) -> None:
    async def body(store: Store, work: Work) -> None:
        unchanged = await still(account, store)
        if not unchanged or not await store.resets.use_up(reset.id):
            raise _gone()
        ended = await _replace(account, fresh, store)
        note = _note(account, "user.password_reset", {"sessions_ended": ended})
        work.note(note, tenant=account.tenant)

    await desk.write(body)


async def _replace(account: Account, fresh: str, store: Store) -> int:
    """Voids what was given out under the former one; says how many sessions that were."""
    await store.accounts.set_password(account.id, fresh)
    await store.resets.void(account.id)
    return await store.sessions.end_all(account.id)


async def _proved(request: Request, account: Account, password: str) -> None:
    """Raises Problem 422 where it is not the password, and 429 after too many tries."""
    desk, one = desk_of(request), try_of(request, account.email, account)
    book(request, one)
    if await desk.passwords.fits(account.password, password):
        desk.tries.proved(one)
        return
    log.info("password.refused", tenant=account.tenant, user=account.id)
    note = _note(account, "user.password_refused")

    async def body(_: Store, work: Work) -> None:
        work.note(note, tenant=account.tenant)

    await desk.write(body)
    raise _wrong()


def _note(account: Account, action: str, facts: dict[str, str | int | bool] | None = None) -> Note:
    refused = action == "user.password_refused"
    return Note(
        action=action,
        actor=f"user:{account.id}",
        object=account.id,
        outcome="refused" if refused else "done",
        reason="wrong_password" if refused else None,
        facts=facts or {},
    )


def _wrong() -> Problem:
    return Problem(422, "wrong_password", _WRONG)


def _gone() -> Problem:
    return Problem(410, "reset_gone", _GONE)
