"""From what a caller sends to a message of ours: its number, its words, its sender."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from libs.common import phone
from libs.common.events import TenantSaved
from libs.common.service import Caller
from libs.common.web import FieldError, Problem, refuses
from services.messaging.api.shapes import LONGEST, PURPOSES, MessageIn
from services.messaging.domain import intent, segments, templates
from services.messaging.domain.agency import held
from services.messaging.domain.message import Message
from services.messaging.store import Store

FURTHEST: Final = timedelta(days=180)
"""How far ahead a text is planned: consent and templates do not stay as they are for ever."""

REFUSALS: Final = refuses(
    422,
    {
        "unusable_message": "Correct the fields named below.",
        "too_long_text": "Correct the fields named below.",
    },
)


@dataclass(frozen=True, slots=True)
class Mark:
    """What tells a request from others: the message's id, and the keyed code of the body."""

    id: str
    fingerprint: str

    @classmethod
    def of(cls, given: MessageIn, key: str | None, store: Store) -> "Mark":
        """The same for the same key and body."""
        code = store.messages.code
        asked = given.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return cls(intent.message_id(code, key, uuid4().hex), intent.fingerprint(asked, code))


async def draft(
    given: MessageIn, mark: Mark, who: Caller[Store], now: datetime
) -> tuple[Message, phone.Number]:
    """The message as it would be kept, and its number. Raises Problem 422."""
    if given.send_at and given.send_at > now + FURTHEST:
        raise _unusable("send_at", f"Give a time within the next {FURTHEST.days} days.")
    number = _number(given.to, who.tenant.region)
    words = await _words(given, who.store)
    size = segments.measure(words)
    message = Message(
        id=mark.id,
        direction="out",
        state="queued",
        subject=who.store.messages.code(number.e164),
        party=who.store.messages.seal(number.e164),
        text=who.store.messages.seal_text(words),
        created_at=now,
        message_class=given.message_class,
        purpose=PURPOSES[given.message_class],
        line=given.sender or _line(who.tenant, now),
        encoding=size.encoding,
        units=size.units,
        parts=size.parts,
        send_at=given.send_at,
        requested_by=who.principal.user,
        fingerprint=mark.fingerprint,
    )
    return message, number


def _number(to: str, region: str) -> phone.Number:
    number = phone.parse(to, region)
    if isinstance(number, phone.Number):
        return number
    raise _unusable("to", number.explanation)


async def _words(given: MessageIn, store: Store) -> str:
    if given.template is None:
        return str(given.text)
    template = await store.templates.get(given.template)
    if template is None:
        raise _unusable("template", "There is no such template; see /v1/templates.")
    try:
        words = templates.render(template["text"], given.values)
    except templates.Missing as missing:
        raise _unusable("values", f"Give a value for each of {', '.join(missing.names)}.") from None
    if len(words) > LONGEST:
        detail = f"With these values the text is longer than {LONGEST:,} characters. Shorten them."
        raise _unusable("values", detail, "too_long_text")
    return words


def _line(tenant: TenantSaved, now: datetime) -> str:
    """The agency's first number."""
    own = held(tenant.numbers, now)
    if not own:
        raise _unusable("sender", "The agency has no number to send from; name a sender.")
    return own[0]


def _unusable(field: str, detail: str, code: str = "unusable_message") -> Problem:
    error = FieldError(pointer=f"#/{field}", detail=detail)
    return Problem(422, code, "Correct the fields named below.", errors=[error])
