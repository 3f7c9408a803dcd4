"""Who may do what: each operation's scope is in the one permission table."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from libs.common import clock
from libs.common.principal import OPERATOR, Principal, Refused
from libs.common.web import Problem
from services.gateway.api.desk import Desk, desk_of
from services.gateway.api.origin import check_content, check_origin
from services.gateway.domain.account import Account
from services.gateway.domain.permissions import Operation
from services.gateway.domain.roles import OPEN, SCOPES
from services.gateway.domain.session import Session, digest

_cookie = APIKeyCookie(name="__Host-sid", scheme_name="session", auto_error=False)
_bearer = HTTPBearer(scheme_name="operator", auto_error=False)


@dataclass(frozen=True)
class Visitor:
    """Somebody who is signed in."""

    session: Session
    account: Account

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


async def admitted(request: Request) -> None:
    """Lets a request in, or not: every operation for agencies depends on this."""
    desk, operation = desk_of(request), operation_of(request)
    check_origin(request, desk.site.public_url)
    check_content(request, operation)
    if operation.scope == OPEN:
        return
    visitor = await visitor_of(request)
    if visitor is None:
        raise Problem(401, "unauthenticated", "Sign in first.")
    if operation.scope not in visitor.scopes:
        raise Problem(403, "forbidden", "Your role does not allow this.")
    request.state.visitor = visitor


async def signed_in(request: Request, _: Annotated[str | None, Security(_cookie)]) -> Visitor:
    """The visitor, after `admitted`."""
    visitor: Visitor = request.state.visitor
    return visitor


Signed = Annotated[Visitor, Depends(signed_in)]


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
