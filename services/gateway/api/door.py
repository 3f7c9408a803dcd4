"""The first thing that a request meets, and the last that its answer passes."""

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common import clock
from libs.common.web import Problem
from libs.common.web.problems import render
from services.gateway.api.access import Visitor
from services.gateway.api.apps import App
from services.gateway.api.desk import Desk
from services.gateway.api.methods import refusal
from services.gateway.api.origin import address_of
from services.gateway.domain.permissions import Operation, beside, find
from services.gateway.domain.roles import OPEN
from services.gateway.domain.usage import Use

_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_TLS_ONLY = "max-age=31536000; includeSubDomains"

Say = Callable[[Request, Problem], Response]
"""How it is said that there is nothing there."""


class Door:
    """Knows the operations there are; the others do not exist. Notes each one that was used."""

    def __init__(self, app: ASGIApp, desk: Desk, api: FastAPI, say: Say) -> None:
        self._app = app
        self._api = api
        self._say = say
        self._desk = desk
        tls = {"Strict-Transport-Security": _TLS_ONLY} if desk.site.secure else {}
        self._headers = {**_HEADERS, **tls}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        operation = find(scope["method"], scope["path"])
        if operation is None:
            return await self._refuse(scope, receive, send)
        state: dict[str, Any] = {"operation": operation}
        inner = {**scope, "state": state, "headers": _without_trace(scope)}
        began = perf_counter()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._note(operation, state.get("visitor"), message["status"], began)
            await send(message)

        dressed = self._dressed(noting, state)
        try:
            if operation.scope == OPEN:
                await self._count(Request(inner))
        except Problem as limited:
            return await render(limited)(inner, receive, dressed)
        await self._app(inner, receive, dressed)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        state: dict[str, Any] = {}
        inner = {**scope, "state": state, "app": self._api}
        request = Request(inner)
        try:
            refused = await refusal(request, beside(scope["path"]))
        except Problem as limited:
            refused = limited
        await self._say(request, refused)(inner, receive, self._dressed(send, state))

    async def _count(self, request: Request) -> None:
        """What is open to all is counted here, where nothing of it is left out."""
        address = address_of(request, self._desk.site.proxies)
        await self._desk.rates.take_address(request, address)

    def _dressed(self, send: Send, state: Mapping[str, Any]) -> Send:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in {**self._headers, **state.get("rates", {})}.items():
                    headers.setdefault(name, value)
            await send(message)

        return dressed

    def _note(self, operation: Operation, visitor: object, status: int, began: float) -> None:
        if isinstance(visitor, Visitor | App):
            ms = round((perf_counter() - began) * 1000)
            use = Use(visitor.tenant, visitor.user, str(operation), status, ms, clock.now())
            self._desk.waiting.add(use)


def _without_trace(scope: Scope) -> list[tuple[bytes, bytes]]:
    """A trace begins here: what strangers say of theirs is not believed."""
    return [(name, value) for name, value in scope["headers"] if name != b"traceparent"]
