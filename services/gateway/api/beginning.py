"""How sessions begin and end, whatever begins or ends them."""

from fastapi import Request, Response

from libs.common import clock
from libs.common.events import Note
from libs.common.mongo import Work
from services.gateway.api.desk import Desk, desk_of
from services.gateway.domain.account import Account
from services.gateway.domain.browser import device_of
from services.gateway.domain.session import Session, begun, digest, new_secret
from services.gateway.store import Store


class Beginning:
    """A session of an account that proved who it is, for the browser that asks."""

    def __init__(self, request: Request, account: Account) -> None:
        self._desk = desk_of(request)
        self._secret = new_secret()
        self._former = request.cookies.get(self._desk.site.cookie)
        device = device_of(request.headers.get("user-agent", ""))
        self.session = begun(self._secret, account, clock.now(), device)

    async def write(self, store: Store, work: Work) -> None:
        """Adds it, and ends the one that the browser had."""
        earlier = await store.sessions.get(digest(self._former)) if self._former else None
        if earlier:
            await end(earlier, "replaced", store, work)
        await store.sessions.add(self.session)
        work.note(_note("session.signed_in", self.session), tenant=self.session.tenant)

    def hand_out(self, response: Response) -> None:
        """Gives the browser its secret, the only time that it is told."""
        name, secure = self._desk.site.cookie, self._desk.site.secure
        response.set_cookie(name, self._secret, secure=secure, httponly=True, samesite="lax")


async def still(account: Account, store: Store) -> bool:
    """Whether the account is what it was when its password was looked at.

    Alone in its turn, so that no session begins with a password that is being replaced.
    """
    await store.turns.take(f"account:{account.id}")
    now = await store.accounts.get(account.id)
    return now is not None and not now.disabled and now.password == account.password


async def end(
    session: Session, why: str, store: Store, work: Work, *, by: str | None = None
) -> None:
    """Ends a session. `by` as the audit names people, where it is not the session's own user."""
    await store.sessions.end(session.id)
    work.note(_note("session.ended", session, why, by), tenant=session.tenant)


def take_back(desk: Desk, response: Response) -> None:
    """Takes the secret of an ended session from the browser."""
    name, secure = desk.site.cookie, desk.site.secure
    response.delete_cookie(name, secure=secure, httponly=True, samesite="lax")


def _note(action: str, session: Session, reason: str | None = None, by: str | None = None) -> Note:
    """The id of a session is a secret's digest, and stays here."""
    actor = by or f"user:{session.account}"
    return Note(action=action, actor=actor, object=session.account, reason=reason)
