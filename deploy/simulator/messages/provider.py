"""`POST /v2/messages`: who may, what goes wrong, what was asked before, what is taken."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from secrets import compare_digest

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from pydantic_core import from_json

from deploy.simulator.delivery import Courier
from deploy.simulator.messages.carrier import Carrier, Terms
from deploy.simulator.messages.errors import Refusal, refused
from deploy.simulator.messages.faults import Fault, Faults
from deploy.simulator.messages.idempotency import Keys, key_of
from deploy.simulator.messages.line import Late
from deploy.simulator.messages.sending import read
from deploy.simulator.messages.sends import Entry, Sends
from deploy.simulator.payloads import Json

_BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head></html>"
_BEARER = "Bearer "


@dataclass(frozen=True)
class Asked:
    """One request to send: its line in the log, what befalls it, its key and its bytes."""

    entry: Entry
    fault: Fault
    key: str | None
    body: bytes


class Provider:
    """Telnyx's side of sending."""

    def __init__(self, courier: Courier, terms: Terms, now: Callable[[], datetime]) -> None:
        self._api_key = terms.api_key
        self._keys = Keys(now)
        self.carrier = Carrier(courier, terms, now)
        self.faults = Faults()
        self.sends = Sends(now)

    def admit(self, request: Request) -> None:
        """Lets in whoever has a key. Raises Refusal, 401."""
        given = request.headers.get("authorization", "")
        key = given.removeprefix(_BEARER).strip() if given.startswith(_BEARER) else ""
        right = self._api_key or key
        if not key or not compare_digest(key.encode(), right.encode()):
            raise refused(401, "10009", "Could not understand the provided credentials.")

    async def send(self, request: Request) -> Response:
        """Answers the request, or lets the line fail it. Raises Refusal."""
        given = request.headers.getlist("idempotency-key")
        entry = self.sends.note(given[0] if given else None)
        try:
            return await self._send(request, entry)
        except Refusal as refusal:
            entry.answered, entry.code = refusal.status, refusal.code
            raise

    async def _send(self, request: Request, entry: Entry) -> Response:
        self.admit(request)
        fault = self.faults.next()
        entry.way = fault.way
        if fault.way == "connection_refused":
            return Late(None, fault.seconds)
        body = await request.body()
        entry.body = _object(body)
        if refusal := fault.refusal():
            raise refusal
        key = key_of(request.headers.getlist("idempotency-key"))
        asked = Asked(entry, fault, key, body)
        replayed = self._keys.begin(key, _fingerprint(request, body))
        return await self._accept(asked) if replayed is None else _replay(asked, replayed)

    async def _accept(self, asked: Asked) -> Response:
        """Takes the message; the receipts go on beside the answer, or before an `early` one."""
        entry, fault = asked.entry, asked.fault
        try:
            message = self.carrier.accept(read(asked.body), withheld=fault.withhold)
        except Refusal:
            self._keys.settle(asked.key, None)
            raise
        entry.accepted, entry.withheld, entry.provider_id = True, message.withheld, message.id
        answer = json.dumps({"data": message.payload()}, ensure_ascii=False).encode()
        report = partial(self.carrier.report, message, fault)
        settled = None if fault.way == "bad_gateway_after_accept" else answer
        late = _late(asked, answer, partial(self._keys.settle, asked.key, settled))
        if "early" not in fault.receipts:
            return late(beside=report)
        await report()
        return late()


def _replay(asked: Asked, answer: bytes) -> Response:
    """The answer of the first request once more; nothing is sent."""
    data: Json = json.loads(answer)["data"]
    asked.entry.replayed, asked.entry.provider_id = True, str(data["id"])
    return _late(asked, answer, lambda: None)()


def _late(asked: Asked, answer: bytes, settle: Callable[[], None]) -> Callable[..., Late]:
    """The answer that the fault leaves of a success, to be given when the fault says."""
    response = _response(asked.fault, answer)

    def ending() -> None:
        settle()
        asked.entry.answered = response.status_code if response else None

    return partial(Late, response, asked.fault.seconds, ending=ending)


def _response(fault: Fault, answer: bytes) -> Response | None:
    if fault.way == "accepted_without_answer":
        return None
    if fault.way == "bad_gateway_after_accept":
        return HTMLResponse(_BAD_GATEWAY, 502)
    return Response(answer, media_type="application/json")


def _fingerprint(request: Request, body: bytes) -> bytes:
    """What makes two requests the same: the query's values in any order, and the body's bytes."""
    query = sorted(request.query_params.multi_items())
    return json.dumps(query).encode() + b"\n" + body


def _object(body: bytes) -> Json | None:
    try:
        content = from_json(body)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
