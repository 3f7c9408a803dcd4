"""Signing in and out."""

from dataclasses import replace
from typing import Annotated

import structlog
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from libs.common.events import Note
from libs.common.mongo import Work
from libs.common.web import Problem, refuses
from services.gateway.api.access import Signed, Visitor
from services.gateway.api.beginning import Beginning, end, still, take_back
from services.gateway.api.desk import Desk, desk_of
from services.gateway.api.shapes import Mine, SignedIn
from services.gateway.api.trying import TOO_MANY, book, remember, try_of
from services.gateway.domain.account import Account, NotAnAddress, normal_email
from services.gateway.domain.passwords import LONGEST
from services.gateway.store import Store

router = APIRouter(prefix="/v1", tags=["session"])
log = structlog.get_logger()

_WRONG = "The e-mail address or the password is not right."
NOT_READY = {"not_ready": "The agency is being set up; try again in a moment."}


class Credentials(BaseModel):
    """What a person signs in with."""

    email: Annotated[str, Mine, Field(max_length=254, examples=["amal@example.com"])]
    password: Annotated[str, Mine, Field(max_length=LONGEST)]


@router.post(
    "/session",
    status_code=201,
    summary="Sign in",
    responses=refuses(401, {"wrong_credentials": _WRONG})
    | refuses(429, TOO_MANY)
    | refuses(503, NOT_READY),
)
async def sign_in(credentials: Credentials, request: Request, response: Response) -> SignedIn:
    """Begins a session and sets its cookie. Wrong, unknown and disabled get the same answer."""
    desk = desk_of(request)
    account = await _proved(request, credentials)
    beginning = Beginning(request, account)

    async def body(store: Store, work: Work) -> None:
        if not await still(account, store):
            raise _wrong()
        await beginning.write(store, work)

    await desk.write(body)
    beginning.hand_out(response)
    remember(request, response, account)
    log.info("session.begun", tenant=account.tenant, user=account.id)
    return await told(desk, Visitor(beginning.session, account))


@router.get("/session", summary="Who is signed in", responses=refuses(503, NOT_READY))
async def get_session(me: Signed, request: Request) -> SignedIn:
    """The user, their tenant, and what they may do."""
    return await told(desk_of(request), me)


@router.delete("/session", status_code=204, summary="Sign out")
async def sign_out(me: Signed, request: Request, response: Response) -> None:
    """Ends the session; its live streams end within seconds."""
    desk = desk_of(request)

    async def body(store: Store, work: Work) -> None:
        await end(me.session, "signed_out", store, work)

    await desk.write(body)
    take_back(desk, response)


async def _proved(request: Request, credentials: Credentials) -> Account:
    """The account whose password this is. Raises Problem 401, or 429 after too many tries."""
    desk = desk_of(request)
    try:
        email = normal_email(credentials.email)
    except NotAnAddress:
        email = ""
    account = await desk.store().accounts.by_email(email)
    one = try_of(request, email, account)
    book(request, one)
    stored = account.password if account else None
    fits = await desk.passwords.fits(stored, credentials.password)
    if account is None or not fits or account.disabled:
        log.info("session.refused")
        await _note_refused(desk, account, fits)
        raise _wrong()
    desk.tries.proved(one)
    if desk.passwords.outdated(account.password):
        fresh = await desk.passwords.hashed(credentials.password)
        if await desk.store().accounts.set_password(account.id, fresh, former=account.password):
            return replace(account, password=fresh)
    return account


def _wrong() -> Problem:
    return Problem(401, "wrong_credentials", _WRONG)


async def _note_refused(desk: Desk, account: Account | None, fits: bool) -> None:
    """On the agency's record; where nobody has the address it is nobody's, so the platform's."""
    reason = "no_such_account" if account is None else "disabled" if fits else "wrong_password"
    actor = f"user:{account.id}" if account else "unknown"
    note = Note(action="session.refused", actor=actor, outcome="refused", reason=reason)

    async def body(_: Store, work: Work) -> None:
        work.note(note, tenant=account.tenant if account else None)

    await desk.write(body)


async def told(desk: Desk, me: Visitor) -> SignedIn:
    """What a visitor is told of themselves."""
    tenant = await desk.store().tenants.get(me.account.tenant)
    if tenant is None:
        raise Problem(503, "not_ready", NOT_READY["not_ready"])
    return SignedIn.of(me.account, tenant, me.session)
