"""Who may do what: each operation's scope is in the one permission table."""

from dataclasses import dataclass
from time import monotonic
from typing import Annotated, TypeAlias

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from libs.common import clock
from libs.common.events import TenantSaved
from libs.common.principal import OPERATOR, Principal, Refused
from libs.common.web import Problem, not_found
from services.gateway.api.apps import App, app_of, app_with, key_in
from services.gateway.api.desk import Desk, desk_of
from services.gateway.api.origin import address_of, check_content, check_origin
from services.gateway.api.turn import Turn
from services.gateway.domain.account import Account
from services.gateway.domain.key import for_keys
from services.gateway.domain.permissions import Operation
from services.gateway.domain.roles import OPEN, SCOPES
from services.gateway.domain.routes import UPLOADS
from services.gateway.domain.session import Session, digest

LATE_S = 2.0
"""A body that took longer may be of somebody who was shut out meanwhile."""

_cookie = APIKeyCookie(name="__Host-sid", scheme_name="session", auto_error=False)
_bearer = HTTPBearer(scheme_name="operator", auto_error=False)


@dataclass(frozen=True)
class Visitor:
    """Somebody who is signed in."""

    session: Session
    account: Account

    @property
    def tenant(self) -> str:
        """The agency whose user they are."""
        return self.account.tenant

    @property
    def user(self) -> str:
        """As the usage log names them."""
        return self.account.id

    @property
    def scopes(self) -> frozenset[str]:
        """What their role allows."""
        return SCOPES[self.account.role]

    @property
    def actor(self) -> str:
        """As the audit names them."""
        return f"user:{self.account.id}"

    @property
    def principal(self) -> Principal:
        """How the services behind hear of them."""
        account = self.account
        return Principal(account.tenant, account.id, account.role.value, self.scopes)


Asker: TypeAlias = Visitor | App
"""Who asks: a person by their session, or a program by its key."""


async def admitted(request: Request) -> None:
    """Lets a request in, or not: every operation for agencies depends on this.

    What is forged goes out with a browser's cookie, and never with a key.
    """
    desk, operation = desk_of(request), operation_of(request)
    key = None if operation.scope == OPEN else key_in(request)
    if key is None:
        check_origin(request, desk.site.public_url)
    check_content(request, operation)
    if operation.scope == OPEN:
        return
    await _let_in(request, key)
    turn: Turn | None = getattr(request.state, "turn", None)
    if turn is not None:
        await turn.begin(request, await once_whole(request))


async def once_whole(request: Request) -> Asker:
    """Who asks, once their request is here; an upload is not waited for.

    Who was late with it may have been shut out meanwhile. Raises what `admitted` raises.
    """
    began = monotonic()
    if str(operation_of(request)) not in UPLOADS:
        await request.body()
    if monotonic() - began > LATE_S:
        await _let_in(request, key_in(request))
    asker: Asker = request.state.visitor
    return asker


async def counted(request: Request, key: str | None) -> Asker:
    """Who asks, with this key or by their session. Raises Problem 401 or 429."""
    asker = await _visitor(request) if key is None else await app_of(request, key)
    whose = {"user" if key is None else "key": asker.user, "tenant": asker.tenant}
    await desk_of(request).rates.take(request, **whose)
    return asker


async def known(request: Request, _: Annotated[str | None, Security(_cookie)]) -> Asker:
    """The person or the program, after `admitted`."""
    asker: Asker = request.state.visitor
    return asker


async def signed_in(asker: Annotated[Asker, Depends(known)]) -> Visitor:
    """The person, for operations that are not open to keys."""
    if isinstance(asker, App):
        raise Problem(403, "not_for_keys", "This is for people and not for keys: sign in.")
    return asker


Known = Annotated[Asker, Depends(known)]
Signed = Annotated[Visitor, Depends(signed_in)]


async def agency(me: Signed, request: Request) -> TenantSaved:
    """The agency of who is signed in, for what is written in its scope."""
    found = await desk_of(request).store().tenants.get(me.tenant)
    if found is None:
        raise not_found()
    return found


Agency = Annotated[TenantSaved, Depends(agency)]


async def visitor_of(request: Request) -> Visitor | None:
    """Whom the cookie stands for, if it is still good."""
    desk = desk_of(request)
    secret = request.cookies.get(desk.site.cookie)
    return await visitor_with(desk, digest(secret)) if secret else None


async def visitor_with(desk: Desk, session_id: str) -> Visitor | None:
    """Who signed in with this session, if that still holds; its activity is written down."""
    store, now = desk.store(), clock.now()
    session = await store.sessions.get(session_id)
    if session is None or not session.alive(now):
        return None
    account = await store.accounts.get(session.account)
    if account is None or account.disabled:
        return None
    if session.should_note(now):
        await store.sessions.note(session, now)
        session = session.seen(now)
    return Visitor(session, account)


async def still(desk: Desk, asker: Asker) -> Asker | None:
    """The same again, if session or key are still good; for streams that stay open."""
    if isinstance(asker, App):
        return await app_with(desk, asker.key.id)
    return await visitor_with(desk, asker.session.id)


async def _let_in(request: Request, key: str | None) -> None:
    asker, operation = await counted(request, key), operation_of(request)
    if operation.scope not in asker.scopes:
        raise _not_allowed(asker, operation)
    request.state.visitor = asker


async def _visitor(request: Request) -> Visitor:
    """Who is signed in. Raises Problem 401, or 429 where an address asks for nothing but that."""
    visitor = await visitor_of(request)
    if visitor is None:
        desk = desk_of(request)
        await desk.rates.take_address(request, address_of(request, desk.site.proxies))
        raise Problem(401, "unauthenticated", "Sign in first.")
    return visitor


def _not_allowed(asker: Asker, operation: Operation) -> Problem:
    if isinstance(asker, Visitor):
        return Problem(403, "forbidden", "Your role does not allow this.")
    scope = operation.scope
    if not for_keys(scope):
        return Problem(403, "not_for_keys", f"No key can have the scope `{scope}`: sign in.")
    challenge = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
    return Problem(
        403, "missing_scope", f"This key has not the scope `{scope}`.", headers=challenge
    )


def operation_of(request: Request) -> Operation:
    """The row of the permission table that the door found."""
    operation: Operation = request.state.operation
    return operation


async def operator(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> Principal:
    """The operator who asks, by a token that only their own key can make for the gateway."""
    check_content(request, operation_of(request))
    try:
        token = credentials.credentials if credentials else ""
        principal = desk_of(request).running.verifier.verify(token)
        if principal.role != OPERATOR:
            raise Refused("role")
    except Refused as refused:
        headers = {"WWW-Authenticate": "Bearer"}
        raise Problem(401, "unauthenticated", str(refused), headers=headers) from None
    return principal


Operator = Annotated[Principal, Depends(operator)]
