"""Messages at their beginning."""

from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from libs.common.events import MessageReceived, SmsReceived
from services.messaging.domain import wording
from services.messaging.domain.message import Message
from services.messaging.domain.segments import measure

PLATFORM: Final = "platform"
"""Who asks for a confirmation."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text, and the same sealed."""

    plain: str
    sealed: bytes


def said(keyword: str, name: str, line: str, language: str) -> str:
    """What the platform answers to a keyword; `line` is where the agency can be reached."""
    if keyword == "help":
        return wording.help(name, line, language)
    return (wording.start if keyword == "start" else wording.stop)(name, language)


def incoming(text: MessageReceived, message_id: str, party: bytes) -> Message:
    """What somebody wrote; `party` is the sealed number."""
    return Message(
        id=message_id,
        direction="in",
        state="received",
        subject=text.subject or "",
        party=party,
        text=None if text.sealed is None else b64decode(text.sealed),
        created_at=text.occurred_at,
        line=text.line,
        parts=text.parts,
        keyword=text.keyword,
    )


def heard(message: Message) -> SmsReceived:
    """It is in its conversation."""
    return SmsReceived(
        message_id=message.id,
        subject=message.subject,
        occurred_at=message.created_at,
        keyword=message.keyword or "none",
    )


def answer(message: Message, message_id: str, words: Words, now: datetime) -> Message:
    """The platform's own answer to a keyword, from the number that it was written to."""
    size = measure(words.plain)
    return Message(
        id=message_id,
        direction="out",
        state="queued",
        subject=message.subject,
        party=message.party,
        text=words.sealed,
        created_at=now,
        message_class="confirmation",
        purpose="service",
        line=message.line,
        encoding=size.encoding,
        units=size.units,
        parts=size.parts,
        requested_by=PLATFORM,
    )
