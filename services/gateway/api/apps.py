"""Agency apps: programs that come with a key in place of a session."""

from dataclasses import dataclass

import structlog
from fastapi import Request
from prometheus_client import Counter

from libs.common import clock
from libs.common.events import Note, actor_of
from libs.common.mongo import Work
from libs.common.principal import APP, Principal
from libs.common.web import Problem
from services.gateway.api.desk import Desk, desk_of
from services.gateway.api.origin import address_of
from services.gateway.domain.key import Key, Presented, presented, refusal
from services.gateway.domain.roles import KNOWN
from services.gateway.store import Store

REFUSALS = Counter("key_refusals_total", "Keys that were no good.", ["reason"])
_CHALLENGE = 'Bearer error="invalid_token"'

log = structlog.get_logger()


@dataclass(frozen=True)
class App:
    """A program with a key that is good."""

    key: Key

    @property
    def tenant(self) -> str:
        """The agency whose it is."""
        return self.key.tenant

    @property
    def user(self) -> str:
        """As the usage log names it."""
        return self.key.id

    @property
    def scopes(self) -> frozenset[str]:
        """What its key allows."""
        return frozenset({KNOWN, *map(str, self.key.scopes)})

    @property
    def actor(self) -> str:
        """As the audit names it."""
        return actor_of(self.key.id)

    @property
    def principal(self) -> Principal:
        """How the services behind hear of it."""
        return Principal(self.tenant, self.key.id, APP, self.scopes)


def key_in(request: Request) -> str | None:
    """What stands in the place of a key. Raises Problem 400 where a session's cookie comes too.

    A bearer token beside the cookie that is no key of ours is for somebody in front of us.
    """
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    text, session = text.strip(), desk_of(request).site.cookie in request.cookies
    if session and text.startswith("ink_"):
        detail = "Send either the key or the session's cookie, so that it is clear who asks."
        raise Problem(400, "two_credentials", detail)
    return None if session else text


async def app_of(request: Request, text: str) -> App:
    """Whose key this is. Raises Problem 401, the same whatever is wrong with it, or 429."""
    desk, shown = desk_of(request), presented(text)
    if shown is None:
        raise await _refused(request, "malformed")
    key, now = await desk.store().keys.get(shown.id), clock.now()
    why = refusal(key, shown, now)
    if key is None or why:
        refused = await _refused(request, why or "unknown")
        await _note_refused(desk, key, shown, why or "unknown")
        raise refused
    return await _used(desk, key)


async def app_with(desk: Desk, key_id: str) -> App | None:
    """The app with this key, if that is still good; its activity is written down."""
    key = await desk.store().keys.get(key_id)
    return await _used(desk, key) if key and key.alive(clock.now()) else None


async def _used(desk: Desk, key: Key) -> App:
    now = clock.now()
    if key.should_note(now):
        await desk.store().keys.note(key.id, now)
    return App(key)


async def _refused(request: Request, reason: str) -> Problem:
    """The one answer. Raises Problem 429 where one address has had it too often."""
    desk = desk_of(request)
    REFUSALS.labels(reason).inc()
    address = address_of(request, desk.site.proxies)
    await desk.rates.take_address(request, address, "refused")
    detail = "This key is not good: look whether it is whole, or make another."
    return Problem(401, "unauthenticated", detail, headers={"WWW-Authenticate": _CHALLENGE})


async def _note_refused(desk: Desk, key: Key | None, shown: Presented, why: str) -> None:
    """On the record of the agency whose key it is or is said to be; else on the platform's.

    One write either way, so that the time tells nobody whether there is such a key.
    """
    proved = key is not None and why != "wrong_secret"
    note = Note(
        action="key.refused",
        actor=actor_of(shown.id) if proved else "unknown",
        outcome="refused",
        object=shown.id if key else None,
        reason=why,
    )

    async def body(_: Store, work: Work) -> None:
        work.note(note, tenant=key.tenant if key else None)

    await desk.write(body)
