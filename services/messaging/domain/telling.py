"""What a person is shown of texts: both ways, with what became of them."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from services.messaging.domain.message import Message

Shown = dict[str, Any]

_MESSAGE: Final = (
    *("id", "direction", "state", "message_class", "purpose", "keyword", "parts"),
    *("code", "provider_code", "sentence", "requested_by", "settled_by", "settled_for"),
    *("cost", "currency", "created_at", "send_at", "sent_at", "final_at"),
)
_RECEIPT: Final = ("status", "occurred_at", "errors", "parts", "cost", "currency")
_PERMISSION: Final = (
    *("suppressed", "suspected", "objected", "restricted", "changed_at"),
    *("stopped_at", "started_at", "suppressed_since"),
)


def message(message: Message, number: str | None, text: str | None) -> Shown:
    """One text. `handed_over_at` is when the provider first got it from us.

    A code by which a person shows who they are is told to nobody else: its text is left out.
    """
    told = {name: getattr(message, name) for name in _MESSAGE}
    handed_over = message.first_at if message.direction == "out" else None
    side = {"number": number, "agency_number": message.line, "text": text}
    return {**told, **side, "handed_over_at": handed_over}


def conversation(
    row: Mapping[str, Any], number: str | None, named: Collection[str] | None
) -> Shown:
    """One conversation, and the name it has here where that is this person's."""
    customer = row.get("customer") or {}
    own = named is None or customer.get("id") in named
    told = {name: row.get(name) for name in ("last_at", "unanswered", "keyword")}
    return {"number": number, "name": customer.get("name") if own else None, **told}


def receipt(row: Mapping[str, Any]) -> Shown:
    """What the provider said of a text that it is not known yet which it is."""
    return {name: row["receipt"].get(name) for name in _RECEIPT}


def permission(row: Mapping[str, Any]) -> Shown:
    """Whether texts may be sent, as far as it is known here."""
    return {name: row.get(name) for name in _PERMISSION}
