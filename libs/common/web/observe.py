"""The outermost layer of an application: a span, the request metrics, and the last resort."""

import traceback
from time import perf_counter

import structlog
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from opentelemetry.trace import Span
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common import telemetry
from libs.common.web.problems import of_status, render

REQUESTS = Counter("http_requests", "Requests by route template.", ["method", "route", "status"])
SECONDS = Histogram("http_request_seconds", "Time until the answer begins.", ["method", "route"])

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_NO_ROUTE = "(none)"
_log = structlog.get_logger(__name__)


class Observed:
    """Wraps an application in a server span named by its route template.

    Args:
        app: what to wrap.
        api: knows the routes.
        trusted: whether a `traceparent` header of the caller is continued.
    """

    def __init__(self, app: ASGIApp, api: FastAPI, *, trusted: bool) -> None:
        self._app = app
        self._api = api
        self._trusted = trusted
        self._templates: dict[int, str] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        caller = Headers(scope=scope).get("traceparent") if self._trusted else None
        began = perf_counter()
        with telemetry.span(method, kind="server", traceparent=caller) as span:
            answer = _Answer(send)
            try:
                await self._app(scope, receive, answer.send)
            except Exception as error:  # noqa: BLE001 - the 500 is sent; the server would log it all
                self._note(error, scope)
            route = self._template(scope)
            _describe(span, method, route, answer.status)
            REQUESTS.labels(method, route, answer.status).inc()
            SECONDS.labels(method, route).observe((answer.began or perf_counter()) - began)

    def _note(self, error: Exception, scope: Scope) -> None:
        """Logs the class of the error and the way to it, as its message may be about a person."""
        frames = traceback.extract_tb(error.__traceback__)[-6:]
        _log.error(
            "request.failed",
            error=type(error).__qualname__,
            route=self._template(scope),
            way=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        )

    def _template(self, scope: Scope) -> str:
        if self._templates is None:
            contexts = iter_route_contexts(self._api.routes)
            self._templates = {id(c.original_route): str(c.path) for c in contexts}
        route = scope.get("route")
        return self._templates.get(id(route)) or str(getattr(route, "path_format", _NO_ROUTE))


class _Answer:
    """Notes the status, adds `traceparent`, and gives the framework's bare 413 its body."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._skip = False
        self.status = 0
        self.began: float | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.began = message["status"], perf_counter()
            await self._start(message)
        elif not self._skip:
            await self._send(message)

    async def _start(self, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        if self.status == 413 and headers.get("content-type", "").startswith("text/plain"):
            self._skip = True
            response = render(of_status(413))
            message = {"type": message["type"], "status": 413, "headers": response.raw_headers}
            await self._send(_traced(message))
            await self._send({"type": "http.response.body", "body": response.body})
        else:
            await self._send(_traced(message))


def _traced(message: Message) -> Message:
    current = telemetry.traceparent()
    if current is not None:
        MutableHeaders(scope=message)["traceparent"] = current
    return message


def _describe(span: Span, method: str, route: str, status: int) -> None:
    span.update_name(f"{method} {route}")
    span.set_attribute("http.request.method", method)
    span.set_attribute("http.route", route)
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        telemetry.fail(span, str(status))
