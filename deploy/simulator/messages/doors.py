"""The doors of messages: Telnyx's own below `/v2`, and those that make things happen."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import FastAPI, Query, Request, Response

from deploy.simulator.delivery import Courier
from deploy.simulator.messages import errors, history
from deploy.simulator.messages.carrier import Terms
from deploy.simulator.messages.faults import FaultsOrder, Struck
from deploy.simulator.messages.provider import Provider
from deploy.simulator.messages.texts import Text, Texted, Texts
from deploy.simulator.payloads import Json


def install(app: FastAPI, courier: Courier, terms: Terms, now: Callable[[], datetime]) -> None:
    """Opens the doors of messages on the simulator; `app.state.courier` is there already."""
    app.state.provider = Provider(courier, terms, now)
    app.state.texts = Texts(courier, app.state.provider.carrier, terms, now)
    app.add_exception_handler(errors.Refusal, errors.raised)
    app.post("/v2/messages", response_model=None)(send)
    app.get("/v2/messages/{message_id}")(message)
    app.get("/v2/webhook_deliveries")(webhook_deliveries)
    app.get("/v2/messaging_optouts")(messaging_optouts)
    app.post("/texts")(text)
    app.post("/texts/faults")(order_faults)
    app.get("/texts/faults")(faults)
    app.get("/sends")(sends)


async def send(request: Request) -> Response:
    """Telnyx: sends a message."""
    return await _provider(request).send(request)


async def message(request: Request, message_id: str) -> Json:
    """Telnyx: a message as it is now."""
    return {"data": _admitted(request).carrier.find(message_id)}


async def webhook_deliveries(request: Request) -> Json:
    """Telnyx: what became of webhooks."""
    _admitted(request)
    courier: Courier = request.app.state.courier
    return history.deliveries(courier.log, request.query_params)


async def messaging_optouts(request: Request) -> Json:
    """Telnyx: who has stopped which profile."""
    return history.optouts(_admitted(request).carrier.optouts, request.query_params)


async def text(request: Request, order: Text) -> Texted:
    """Lets a person text."""
    texts: Texts = request.app.state.texts
    return await texts.text(order)


async def order_faults(request: Request, order: FaultsOrder) -> list[Struck]:
    """Sets what goes wrong with the next sends."""
    return _provider(request).faults.order(order)


async def faults(request: Request) -> list[Struck]:
    """What goes wrong, and how many sends it has struck."""
    return _provider(request).faults.all


async def sends(
    request: Request,
    since: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=20_000)] = 1000,
) -> Json:
    """The log of requests to send, oldest first."""
    return _provider(request).sends.since(since, limit)


def _provider(request: Request) -> Provider:
    provider: Provider = request.app.state.provider
    return provider


def _admitted(request: Request) -> Provider:
    provider = _provider(request)
    provider.admit(request)
    return provider
