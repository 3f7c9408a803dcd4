"""Messages at their beginning."""

from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from libs.common.events import MessageReceived, SmsReceived, WordOrdered
from services.messaging.domain import wording
from services.messaging.domain.message import PLATFORM, Message
from services.messaging.domain.segments import measure

PROMPT: Final = timedelta(minutes=5)
"""How old a keyword may be that is answered. 47 CFR 64.1200(a)(12): consent to a confirmation of
STOP is presumed where it is sent within five minutes."""

APART: Final = timedelta(minutes=10)
"""How far apart two answers to HELP, or to START, are for one person at the least: whoever
answers by machine gets into no conversation with ours."""


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


def prompt(text: MessageReceived, now: datetime) -> bool:
    """Whether an answer still comes soon enough."""
    return now - text.occurred_at <= PROMPT


def causes(message: Message, now: datetime) -> tuple[str, ...]:
    """What the answer to a keyword is because of: the first names it, all of them are looked for.

    Each STOP has one of its own. HELP and START share one with all of their kind that a person
    writes in the same ten minutes, and must not come too soon after the one of those before.
    """
    if message.keyword == "stop":
        return (message.id,)
    turn = int(now.timestamp() // APART.total_seconds())
    return tuple(f"{message.keyword}/{message.subject}/{one}" for one in (turn, turn - 1))


def recent(answer: Message, now: datetime) -> bool:
    """Whether another one of its kind would come too soon after it."""
    return now - answer.created_at < APART


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


def cause_of(word: WordOrdered) -> str:
    """What tells one word about a request from the next."""
    return f"word/{word.request_id}/{word.subject}/{word.at.isoformat()}"


def word(word: WordOrdered, message_id: str, party: bytes, words: Words, now: datetime) -> Message:
    """A text about a request of the person's own; `party` is the sealed number."""
    size = measure(words.plain)
    return Message(
        id=message_id,
        direction="out",
        state="queued",
        subject=word.subject,
        party=party,
        text=words.sealed,
        created_at=now,
        message_class=word.message_class,
        purpose="service",
        encoding=size.encoding,
        units=size.units,
        parts=size.parts,
        useless_at=word.valid_until,
        requested_by=PLATFORM,
    )
