"""What goes on the audit's record of the gate's decisions, and of what people decide."""

from typing import Any, Final

from libs.common.events import Note
from services.messaging.domain.message import Message

ITSELF: Final = "service:messaging"
"""Who decides where nobody does."""


def allowed(message: Message) -> Note:
    """The gate let an attempt begin."""
    facts = {"attempt": message.attempt + 1}
    return Note(action="message.allowed", actor=ITSELF, **_about(message, **facts))


def blocked(message: Message, code: str) -> Note:
    """It will never be sent. Of somebody who is erased nobody is named."""
    about = _about(message)
    if code == "erased":
        about["person"] = None
    return Note(action="message.blocked", actor=ITSELF, outcome="refused", reason=code, **about)


def cancelled(message: Message, by: str) -> Note:
    """Somebody called it off."""
    return Note(action="message.cancelled", actor=by, **_about(message))


def settled(message: Message, by: str, *, sent: bool) -> Note:
    """An operator found out what became of it."""
    about = _about(message, sent=sent)
    return Note(action="message.settled", actor=f"operator:{by}", **about)


def _about(message: Message, **facts: int | bool) -> dict[str, Any]:
    told = {"class": str(message.message_class), "purpose": str(message.purpose)}
    return {"person": message.subject, "object": message.id, "facts": {**told, **facts}}
