"""Shared by the tests of ingest's domain: payload files, a code."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

from libs.common.events import MessageReceived, MessageStatus
from libs.common.events.calls import CallEvent
from services.ingest.domain import calls, messages
from services.ingest.domain.envelope import read
from services.ingest.domain.family import Reading

PAYLOADS = Path(__file__).parent / "payloads"
CALLS = (
    "call_initiated_real",
    "call_initiated_dashes",
    "call_answered",
    "call_hangup_unanswered",
    "call_hangup_quality",
    "call_cost",
)
MESSAGES = (
    "message_received",
    "message_received_stop",
    "message_received_mms",
    "message_sent",
    "message_finalized_delivered",
    "message_finalized_failed",
)


def body(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def document(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(body(name))
    return loaded


def changed(name: str, **fields: Any) -> bytes:
    """A payload file with payload fields put in; `...` takes a field out."""
    whole = document(name)
    payload = whole["data"]["payload"]
    payload.update(fields)
    whole["data"]["payload"] = {key: value for key, value in payload.items() if value is not ...}
    return json.dumps(whole).encode()


def code(number: str) -> str:
    return b64encode(number[::-1].encode()).decode()


def sealed(text: str) -> str:
    return f"sealed:{len(text)}"


READING = Reading("US", code, sealed)


def fact(raw: bytes) -> dict[str, Any]:
    result = calls.FAMILY.translate(read(raw), READING)
    assert isinstance(result, CallEvent)
    return result.model_dump(mode="json")


def message(raw: bytes, query: str = "") -> dict[str, Any]:
    result = messages.FAMILY.translate(read(raw, query), READING)
    assert isinstance(result, MessageReceived | MessageStatus)
    return result.model_dump(mode="json")


def started(**fields: Any) -> dict[str, Any]:
    """The real ring with other payload fields, as a fact."""
    return fact(changed("call_initiated_real", **fields))
