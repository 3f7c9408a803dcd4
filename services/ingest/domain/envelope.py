"""The envelope of Telnyx's API v2, read strictly as JSON and tolerantly as a shape.

Source: Telnyx, "Webhook fundamentals". `meta` is optional and tells nothing that we need.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from pydantic import JsonValue

from services.ingest.domain.fields import Fields
from services.ingest.domain.refusal import NotUnderstood, Why

LARGEST = 256 * 1024
"""Bytes of a body that are looked at; the largest real ones stay below 20 kB."""

DEEPEST = 32
"""Levels of nesting; real payloads have six."""


@dataclass(frozen=True)
class Received:
    """One event of the provider; `id` is the same on every delivery attempt.

    `query` is that of the URL it was sent to; unlike all else it is not signed.
    """

    id: str
    type: str
    occurred_at: datetime
    payload: Fields
    query: str = ""


def read(body: bytes, query: str = "") -> Received:
    """The event in a body whose signature was verified. Raises NotUnderstood."""
    if len(body) > LARGEST:
        raise NotUnderstood(Why.TOO_LARGE)
    return _received(_document(body), query)


def _document(body: bytes) -> dict[str, JsonValue]:
    try:
        document: JsonValue = msgspec.json.decode(body)
    except RecursionError:
        raise NotUnderstood(Why.TOO_DEEP) from None
    except ValueError:
        raise NotUnderstood(Why.TEXML if b"CallSid=" in body else Why.NOT_JSON) from None
    if not isinstance(document, dict):
        raise NotUnderstood(Why.NOT_AN_OBJECT)
    if body.count(b"{") + body.count(b"[") > DEEPEST and _deep(document):
        raise NotUnderstood(Why.TOO_DEEP)
    return document


def _deep(document: JsonValue) -> bool:
    level: list[JsonValue] = [document]
    for _ in range(DEEPEST):
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return False
    return True


def _inside(value: JsonValue) -> list[JsonValue]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _received(document: dict[str, JsonValue], query: str) -> Received:
    if "data" not in document:
        raise NotUnderstood(_other_shape(document))
    data = Fields(document).nested("data")
    kind = data.identifier("event_type")
    if kind.startswith("call_"):
        raise NotUnderstood(Why.VERSION_1)
    occurred_at = data.moment("occurred_at")
    if occurred_at is None:
        raise data.unusable("occurred_at")
    return Received(data.identifier("id"), kind, occurred_at, data.nested("payload"), query)


def _other_shape(document: dict[str, JsonValue]) -> Why:
    """Names what has no `data`: the portal's and the log's view, version 1, flat status updates."""
    if "metadata" in document and document.get("type") == "webhook":
        return Why.PORTAL_SHAPE
    if "webhook_id" in document:
        return Why.LOG_SHAPE
    kind = document.get("event_type")
    if "sms_id" in document or (isinstance(kind, str) and kind.startswith("call_")):
        return Why.VERSION_1
    return Why.FLAT
