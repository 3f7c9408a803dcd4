"""`X-Request-ID`: what a caller calls a request comes back with its answer, and goes no further."""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SAFE = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Echo:
    """The outermost layer of a door to the outside. An id of other characters is passed over.

    It is in no log and no trace of ours: it may say anything about anybody.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        given = Headers(scope=scope).get("x-request-id") if scope["type"] == "http" else None
        if given is None or not _SAFE.fullmatch(given):
            await self._app(scope, receive, send)
            return

        async def echoing(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-ID"] = given
            await send(message)

        await self._app(scope, receive, echoing)
