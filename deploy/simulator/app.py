"""The simulator: its doors of calls and of webhooks; those of messages are in `messages`."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from itertools import islice
from typing import Annotated

import httpx
from fastapi import Body, FastAPI, Query, Request
from fastapi.responses import JSONResponse

from deploy.simulator.delivery import Attempt, Courier, Rules
from deploy.simulator.exchange import Exchange, UnknownCall
from deploy.simulator.messages import doors
from deploy.simulator.messages.carrier import Terms
from deploy.simulator.orders import Handling, Outcome, Ring, Script
from deploy.simulator.signing import Signer

Asked = Annotated[Handling, Body()]


def build(
    signer: Signer,
    rules: Rules,
    now: Callable[[], datetime],
    client: httpx.AsyncClient | None = None,
    terms: Terms = Terms(),  # noqa: B008 - frozen
) -> FastAPI:
    """The whole simulator; `client` is another way out, for tests."""
    client = client or httpx.AsyncClient(follow_redirects=True, max_redirects=3, trust_env=False)
    courier = Courier(client, signer, rules, now)
    app = FastAPI(title="Telnyx simulator", lifespan=_closing(client))
    app.state.exchange, app.state.courier = Exchange(courier, now), courier
    app.add_exception_handler(UnknownCall, _unknown)
    app.post("/calls")(ring)
    app.post("/calls/{session}/answer")(answer)
    app.post("/calls/{session}/hangup")(hangup)
    app.post("/calls/{session}/cost")(cost)
    app.post("/calls/{session}/script")(script)
    app.get("/deliveries")(deliveries)
    app.get("/livez")(livez)
    doors.install(app, courier, terms, now)
    return app


async def ring(request: Request, order: Ring) -> Outcome:
    """Makes a call ring."""
    return await _exchange(request).ring(order)


async def answer(request: Request, session: str, how: Asked = Handling()) -> Outcome:  # noqa: B008
    """Takes the call."""
    return await _exchange(request).happen(session, "answered", how)


async def hangup(request: Request, session: str, how: Asked = Handling()) -> Outcome:  # noqa: B008
    """Ends the call, answered or not."""
    return await _exchange(request).happen(session, "hangup", how)


async def cost(request: Request, session: str, how: Asked = Handling()) -> Outcome:  # noqa: B008
    """Tells what the call cost."""
    return await _exchange(request).happen(session, "cost", how)


async def script(request: Request, session: str, play: Script) -> Outcome:
    """Delivers events of a call in any order."""
    return await _exchange(request).play(session, play)


async def deliveries(
    request: Request, limit: Annotated[int, Query(ge=1, le=2000)] = 100
) -> list[dict[str, str | bool | list[Attempt]]]:
    """The latest deliveries, newest first."""
    courier: Courier = request.app.state.courier
    return [
        {
            "event_id": delivery.event.id,
            "event_type": delivery.event.type,
            "delivered": delivery.delivered,
            "attempts": list(delivery.attempts),
        }
        for delivery in islice(reversed(courier.log), limit)
    ]


async def livez() -> dict[str, str]:
    """It runs."""
    return {"status": "ok"}


def _exchange(request: Request) -> Exchange:
    exchange: Exchange = request.app.state.exchange
    return exchange


async def _unknown(_: Request, __: Exception) -> JSONResponse:
    return JSONResponse({"detail": "no such call: POST /calls gives a session_id"}, 404)


def _closing(client: httpx.AsyncClient) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with client:
            yield

    return lifespan
