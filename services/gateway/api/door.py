"""The first thing that a request meets, and the last that its answer passes."""

from time import perf_counter

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common import clock
from libs.common.web import not_found
from libs.common.web.problems import render
from services.gateway.api.access import Visitor
from services.gateway.domain.permissions import Operation, find
from services.gateway.domain.usage import Use, Waiting

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_TLS_ONLY = "max-age=31536000; includeSubDomains"


class Door:
    """Knows the operations there are; the others do not exist. Notes each one that was used."""

    def __init__(self, app: ASGIApp, waiting: Waiting, *, secure: bool) -> None:
        self._app = app
        self._waiting = waiting
        self._headers = {**_HEADERS, "Strict-Transport-Security": _TLS_ONLY} if secure else _HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        operation = find(scope["method"], scope["path"])
        if operation is None:
            return await render(not_found())(scope, receive, self._dressed(send))
        state: dict[str, object] = {"operation": operation}
        inner = {**scope, "state": state, "headers": _without_trace(scope)}
        began = perf_counter()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._note(operation, state.get("visitor"), message["status"], began)
            await send(message)

        await self._app(inner, receive, self._dressed(noting))

    def _dressed(self, send: Send) -> Send:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        return dressed

    def _note(self, operation: Operation, visitor: object, status: int, began: float) -> None:
        if isinstance(visitor, Visitor):
            ms = round((perf_counter() - began) * 1000)
            who = visitor.account
            self._waiting.add(Use(who.tenant, who.id, str(operation), status, ms, clock.now()))


def _without_trace(scope: Scope) -> list[tuple[bytes, bytes]]:
    """A trace begins here: what strangers say of theirs is not believed."""
    return [(name, value) for name, value in scope["headers"] if name != b"traceparent"]
