"""Sign-ins that last: one's own, and for an Admin those of the agency's users."""

from typing import Annotated

import structlog
from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel

from libs.common import clock
from libs.common.events import Note
from libs.common.events.personal import USER
from libs.common.mongo import Work
from libs.common.web import NOT_FOUND, Page, Problem, not_found, refuses
from services.gateway.api.access import Signed, Visitor, operation_of
from services.gateway.api.beginning import end, take_back
from services.gateway.api.desk import Desk, desk_of
from services.gateway.api.shapes import Mine
from services.gateway.domain.browser import Device
from services.gateway.domain.session import Session
from services.gateway.store import Store

OF_OTHERS = "users:write"

router = APIRouter(prefix="/v1", tags=["session"])
log = structlog.get_logger()

UserId = Annotated[str | None, USER, Query(max_length=64, description="An Admin may name one.")]


class SessionOut(BaseModel):
    """A sign-in. It ends at `ends_at` unless more is heard of it, and at `until` in any case.

    `this` is the one that asks. Of the browser the kind of device is known, or nothing.
    """

    id: str
    started_at: AwareDatetime
    seen_at: AwareDatetime
    ends_at: AwareDatetime
    until: AwareDatetime
    this: bool
    device: Annotated[Device | None, Mine]

    @classmethod
    def of(cls, session: Session, me: Visitor) -> "SessionOut":
        """As `me` is shown it."""
        return cls(
            id=session.name,
            started_at=session.started_at,
            seen_at=session.seen_at,
            ends_at=session.ends_at,
            until=session.until,
            this=session.id == me.session.id,
            device=session.device,
        )


class Ended(BaseModel):
    """How many sessions were ended."""

    ended: int


@router.get("/sessions", summary="List sessions", responses=refuses(404, NOT_FOUND))
async def list_sessions(me: Signed, request: Request, user_id: UserId = None) -> Page[SessionOut]:
    """One's own that last, the newest first, on one page; an Admin may name a user."""
    desk, whose = desk_of(request), user_id or me.account.id
    if whose != me.account.id:
        await _may_look(desk, me, whose)
    now = clock.now()
    lasting = [s for s in await desk.store().sessions.of(whose) if s.alive(now)]
    if whose != me.account.id:
        operation = str(operation_of(request))
        await desk.saw(me.account.tenant, me.actor, operation, "sessions", documents=len(lasting))
    return Page(data=[SessionOut.of(session, me) for session in lasting], next_cursor=None)


@router.delete("/sessions/{session_id}", status_code=204, summary="End a session")
async def end_session(session_id: str, me: Signed, request: Request, response: Response) -> None:
    """One's own, or for an Admin any of the agency's; its live streams end within seconds."""
    desk, tenant = desk_of(request), me.account.tenant

    async def body(store: Store, work: Work) -> Session:
        session = await store.sessions.find(tenant, session_id)
        if session is None or not _may_end(session, me):
            raise not_found()
        await end(session, "revoked", store, work, by=me.actor)
        return session

    ended = await desk.write(body)
    if ended.id == me.session.id:
        take_back(desk, response)
    log.info("session.revoked", tenant=tenant, user=ended.account, by=me.account.id)


@router.post("/sessions:end-others", summary="End all other sessions")
async def end_other_sessions(me: Signed, request: Request) -> Ended:
    """All of one's own but the one that asks."""

    async def body(store: Store, work: Work) -> int:
        ended = await store.sessions.end_all(me.account.id, but=me.session.id)
        if ended:
            note = Note(
                action="session.ended",
                actor=me.actor,
                object=me.account.id,
                reason="others_ended",
                facts={"sessions_ended": ended},
            )
            work.note(note, tenant=me.account.tenant)
        return ended

    return Ended(ended=await desk_of(request).write(body))


async def _may_look(desk: Desk, me: Visitor, user: str) -> None:
    if OF_OTHERS not in me.scopes:
        raise Problem(403, "forbidden", "Your role shows you your own sessions.")
    if await desk.store(me.account.tenant).users.get(user) is None:
        raise not_found()


def _may_end(session: Session, me: Visitor) -> bool:
    own = session.account == me.account.id
    return session.alive(clock.now()) and (own or OF_OTHERS in me.scopes)
