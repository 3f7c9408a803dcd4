"""The live stream: what happens to the tenant's calls and messages, as it happens."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack
from secrets import randbelow
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response
from prometheus_client import Counter, Gauge
from pydantic_core import to_json
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.types import Receive, Scope, Send

from libs.common.mongo import is_outage
from libs.common.telemetry import span
from libs.common.web import Problem, refuses
from services.gateway.api.access import Asker, Known, operation_of, still
from services.gateway.api.desk import Desk, desk_of
from services.gateway.domain.memory import Memory
from services.gateway.domain.moment import Moment

router = APIRouter(prefix="/v1", tags=["live"])

CHECK_SECONDS = 15.0
PING_SECONDS = 15
SEND_SECONDS = 20.0
MOST_UNREAD = 500
RETRY_MS = 1000
FULL = "There are too many live streams open: close one, then try again."
SEP = "\n"

_STREAM = {
    "schema": {"type": "string"},
    "example": 'id: 5-0\nevent: call.started\ndata: {"id":"…","type":"call.started","data":{}}\n\n',
}

STREAMS = Gauge("live_streams", "Open live streams.")
FULL_UP = Counter("live_streams_refused", "Streams refused because too many were open.")
SLOW = Counter("live_streams_slow", "Streams closed because the client did not keep up.")


@router.get(
    "/live",
    summary="Live events",
    response_class=Response,
    responses=refuses(429, {"too_many_streams": FULL})
    | {200: {"content": {"text/event-stream": _STREAM}}},
)
async def get_live(
    me: Known,
    request: Request,
    last_event_id: Annotated[str | None, Header(max_length=200)] = None,
) -> Response:
    """Server-sent events, named by event type.

    After a `Last-Event-ID` that is at most five minutes old it goes on from there. Otherwise the
    first event is `snapshot`: the events of the calls that are open.
    """
    desk = desk_of(request)
    if not desk.streams.take(me.tenant, me.user):
        FULL_UP.inc()
        raise Problem(429, "too_many_streams", FULL, headers={"Retry-After": str(PING_SECONDS)})
    with ExitStack() as held:
        held.callback(desk.streams.leave, me.tenant, me.user)
        await desk.saw(me.tenant, me.actor, str(operation_of(request)), "live")
        leave = held.pop_all().close
    events = _Stream(desk, me).events(last_event_id)
    return _Seated(leave, events, ping=PING_SECONDS, send_timeout=SEND_SECONDS, sep=SEP)


class _Seated(EventSourceResponse):
    """Gives its place back, however it ends."""

    def __init__(self, leave: Callable[[], None], *events: Any, **options: Any) -> None:
        super().__init__(*events, **options)
        self._leave = leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._leave()


class _Stream:
    """One client. It ends with its session or key, with the process, or where it is too slow."""

    def __init__(self, desk: Desk, me: Asker) -> None:
        self._desk = desk
        self._me = me
        self._tenant = me.tenant
        self._unread: asyncio.Queue[Moment | None] = asyncio.Queue(MOST_UNREAD)
        self._check_at = asyncio.get_running_loop().time() + CHECK_SECONDS
        self._over = False

    async def events(self, last_id: str | None) -> AsyncIterator[bytes]:
        """What came together goes out in one piece: a piece costs more than an event."""
        memory = self._desk.live.join(self._tenant, self._hear)
        STREAMS.inc()
        try:
            missed = memory.after(last_id) if last_id else None
            if missed is None:
                yield _snapshot(memory)
            if missed:
                yield _piece(missed)
            while heard := await self._heard():
                yield _piece(heard)
        finally:
            STREAMS.dec()
            self._desk.live.leave(self._tenant, self._hear)

    def _hear(self, moment: Moment | None) -> None:
        """A client that does not keep up is sent away; it comes back with its last id."""
        try:
            self._unread.put_nowait(moment)
        except asyncio.QueueFull:
            SLOW.inc()
            while not self._unread.empty():
                self._unread.get_nowait()
            self._unread.put_nowait(None)

    async def _heard(self) -> list[Moment]:
        """All that has come by now, at least one; nothing when the stream is over."""
        moment = None if self._over else await self._next()
        heard: list[Moment] = []
        while moment is not None:
            heard.append(moment)
            if self._unread.empty():
                return heard
            moment = self._unread.get_nowait()
        self._over = True
        return heard

    async def _next(self) -> Moment | None:
        """The next event; None when the stream is over."""
        loop = asyncio.get_running_loop()
        while True:
            if loop.time() >= self._check_at:
                if not await _holds(self._desk, self._me):
                    return None
                self._check_at = loop.time() + CHECK_SECONDS
            try:
                async with asyncio.timeout_at(self._check_at):
                    return await self._unread.get()
            except TimeoutError:
                continue


async def _holds(desk: Desk, me: Asker) -> bool:
    """Whether session or key are still good. While the store is away, nobody is sent away."""
    try:
        asker = await still(desk, me)
    except Exception as error:
        if is_outage(error):
            return True
        raise
    return asker is not None and "live:read" in asker.scopes


def _snapshot(memory: Memory) -> bytes:
    events = [_shown(moment) for moment in memory.open_calls()]
    retry = RETRY_MS + randbelow(2 * RETRY_MS)  # so that not all come back at once
    with span("sse snapshot", kind="producer"):
        text = _text({"events": events})
    last_id = memory.last_id()
    return ServerSentEvent(text, event="snapshot", id=last_id, retry=retry, sep=SEP).encode()


def _piece(moments: Sequence[Moment]) -> bytes:
    return b"".join(map(_event, moments))


def _event(moment: Moment) -> bytes:
    """Its writing belongs to the trace of what caused the event."""
    with span(f"sse {moment.type}", kind="producer", traceparent=moment.traceparent):
        text = _text(_shown(moment))
        return ServerSentEvent(text, event=moment.type, id=moment.id, sep=SEP).encode()


def _shown(moment: Moment) -> dict[str, object]:
    return {"id": moment.id, "type": moment.type, "time": moment.time, "data": moment.data}


def _text(value: object) -> str:
    return to_json(value).decode()
