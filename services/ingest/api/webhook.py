"""`POST /webhooks/telnyx`: verify, judge, make safe, answer exactly 200.

Plain ASGI, since the provider waits two seconds and every layer costs. The answers to bad
requests are constant; the reason is a metric.
"""

import asyncio
import base64
from functools import partial
from time import perf_counter

import structlog
from prometheus_client import Counter, Histogram
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from libs.common import clock
from libs.common.events import Envelope, Event, WebhookQuarantined, enclose
from libs.common.keys import PLATFORM
from libs.common.service import Running
from libs.common.telemetry import span, traceparent
from services.ingest.api.reading import reading_of
from services.ingest.domain.judgement import Accepted, Judgement, Parked, judge, unread
from services.ingest.domain.memory import Memory
from services.ingest.domain.routing import Routes
from services.ingest.domain.signature import PublicKey, Unsigned, verify
from services.ingest.spool import Delivery, SpoolFull
from services.ingest.store import QUARANTINE_FIELD, Store

PATH = "/webhooks/telnyx"
MAX_BODY = 256 * 1024
BODY_SECONDS = 10.0  # the server below waits for a slow body without limit

WEBHOOKS = Counter("webhooks_total", "Webhooks by what became of them.", ["result"])
for _result in ("accepted", "repeated", "quarantined", "ignored", "starting", "refused", "failed"):
    WEBHOOKS.labels(_result)  # one that appears with its first count shows no increase
REFUSED = Counter("webhook_signature_failures_total", "Refused signatures.", ["reason"])
KEYS_USED = Counter("webhook_keys_total", "Accepted signatures by key.", ["key"])
SECONDS = Histogram(
    "webhook_seconds",
    "From the last byte of the body to the answer.",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.8, 1.2, 2.0),
)

_HEADERS = {405: (b"allow", b"POST"), 503: (b"retry-after", b"5")}
log = structlog.get_logger()

_ANSWERS = {
    401: b'{"type":"about:blank","title":"Unauthorized","status":401}',
    405: b'{"type":"about:blank","title":"Method Not Allowed","status":405}',
    408: b'{"type":"about:blank","title":"Request Timeout","status":408}',
    413: b'{"type":"about:blank","title":"Content Too Large","status":413}',
    503: b'{"type":"about:blank","title":"Service Unavailable","status":503}',
}


class Webhooks:
    """The endpoint; every other path goes to `app`."""

    def __init__(
        self,
        app: ASGIApp,
        public_keys: tuple[PublicKey, ...],
        running: Running[Store],
        delivery: Delivery,
    ) -> None:
        self._app = app
        self._public_keys = public_keys
        self._tenants = running.tenants
        self._tenants_read = running.tenants_read
        self._keys = running.keys
        self._delivery = delivery
        self._memory = Memory()
        self._routes = Routes()
        self._routes_of = -1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http" or scope["path"] != PATH:
            return await self._app(scope, receive, send)
        if scope["method"] != "POST":
            return await _answer(send, 405)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _body(receive)
        except ClientDisconnect:
            return None  # nobody waits for an answer, and half a body is no wrong signature
        except TimeoutError:
            return await _answer(send, 408)
        began = perf_counter()
        with span(f"POST {PATH}", kind="server"):
            status = 413 if body is None else await self._status(scope, body)
        SECONDS.observe(perf_counter() - began)
        return await _answer(send, status)

    async def _status(self, scope: Scope, body: bytes) -> int:
        try:
            key = verify(scope["headers"], body, self._public_keys, clock.now())
        except Unsigned as refusal:
            REFUSED.labels(refusal.flaw.value).inc()
            return 401
        KEYS_USED.labels(key.name).inc()
        if not self._tenants_read.is_set():
            WEBHOOKS.labels("starting").inc()
            return 503
        try:
            query = scope.get("query_string", b"").decode("latin-1")
            WEBHOOKS.labels(await self._take(body, query)).inc()
        except SpoolFull:
            WEBHOOKS.labels("refused").inc()
            return 503
        except Exception:
            WEBHOOKS.labels("failed").inc()
            raise
        return 200

    async def _take(self, body: bytes, query: str) -> str:
        """Makes the webhook safe and says what became of it. Raises SpoolFull."""
        judged = self._judged(body, query)
        if isinstance(judged, Accepted):
            known = f"{judged.tenant}:{judged.id}"
            if known in self._memory:
                return "repeated"
            await self._delivery.deliver(self._enclosed(judged.fact, judged.tenant, judged.id))
            self._memory.add(known)
            return "accepted"
        if isinstance(judged, Parked):
            await self._delivery.deliver(self._quarantined(judged, body))
            return "quarantined"
        return "ignored"

    def _judged(self, body: bytes, query: str) -> Judgement:
        """Decides on the body. A fault of ours parks it: the provider would give up on it."""
        try:
            reading = partial(reading_of, self._keys)
            return judge(body, self._current_routes(), reading, query)
        except Exception as error:  # noqa: BLE001 - nothing signed may be lost
            log.error("webhook.not_judged", error=type(error).__name__)
            return unread(body, f"fault: {type(error).__name__}")

    def _quarantined(self, parked: Parked, body: bytes) -> Envelope:
        fact = WebhookQuarantined(
            webhook_id=parked.id,
            reason=parked.reason,
            event_type=parked.type,
            received_at=clock.now(),
            sealed=base64.b64encode(self._keys.seal(PLATFORM, QUARANTINE_FIELD, body)).decode(),
        )
        return self._enclosed(fact, PLATFORM, parked.id)

    def _enclosed(self, fact: Event, tenant: str, event_id: str) -> Envelope:
        envelope = enclose(fact, tenant, id=event_id, source="ingest", time=clock.now())
        return envelope.model_copy(update={"traceparent": traceparent()})

    def _current_routes(self) -> Routes:
        if self._routes_of != self._tenants.changes:
            self._routes_of = self._tenants.changes
            self._routes = Routes(self._tenants)
        return self._routes


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None where it is larger than `MAX_BODY`. Raises ClientDisconnect."""
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part = message.get("body", b"")
        size += len(part)
        if size > MAX_BODY:
            return None
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


async def _answer(send: Send, status: int) -> None:
    body = _ANSWERS.get(status, b"")
    headers = [(b"content-length", str(len(body)).encode())]
    if body:
        headers.append((b"content-type", b"application/problem+json"))
    if status in _HEADERS:
        headers.append(_HEADERS[status])
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
