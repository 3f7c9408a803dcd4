"""`Idempotency-Key`: a POST that comes again is carried out once, and answered the same."""

from fastapi import Request
from fastapi.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from libs.common.web import Problem, replayed
from libs.common.web.problems import render
from services.gateway.api.desk import Desk
from services.gateway.api.turn import Replay, Turn
from services.gateway.domain import repeating
from services.gateway.domain.permissions import Operation
from services.gateway.domain.refusals import BAD_KEY

_NAME = b"idempotency-key"


class Repeats:
    """Stands between the door and the application; requests without the header pass by."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request, of which the door has said what it asks for."""
        if scope["type"] != "http" or scope["method"] != "POST":
            return await self._app(scope, receive, send)
        operation: Operation = scope["state"]["operation"]
        given = [value for name, value in scope["headers"] if name == _NAME]
        if not given or not repeating.takes(operation):
            return await self._app(scope, receive, send)
        if len(given) > 1 or not repeating.usable(given[0]):
            return await render(Problem(400, "bad_idempotency_key", BAD_KEY))(scope, receive, send)
        if not repeating.keeps(operation):
            return await self._app(scope, receive, send)
        turn = scope["state"]["turn"] = Turn(self._desk, operation, given[0].decode("ascii"), send)
        await turn.run(self._app, scope, receive)


async def replay(_: Request, again: Exception) -> Response:
    """The handler of Replay: what was answered before, and that it was."""
    assert isinstance(again, Replay)  # noqa: S101 - it is registered for no other
    answer = again.answer
    return Response(answer.body, answer.status, {**answer.headers, **replayed(True)})
