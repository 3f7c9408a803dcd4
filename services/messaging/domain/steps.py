"""What becomes of a message: what changes, when somebody must look again, and what is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from libs.common.events import Event, Note, SmsBlocked, SmsFailed, SmsRequested
from services.messaging.domain import noting
from services.messaging.domain.failures import HELD, HOLD
from services.messaging.domain.gate import UNKNOWN, Allowed, Later, Refused
from services.messaging.domain.message import Message
from services.messaging.domain.setbacks import Setback

LEASE: Final = timedelta(seconds=30)
"""How long an attempt may take; one that is silent for longer is unknown, never sent again."""

GIVE_UP: Final = timedelta(hours=1)
"""How long after its first attempt a message that was not taken is tried again."""

PATIENCE: Final = timedelta(hours=1)
"""How long a message that is due waits for a consent that is silent."""

ASK_AGAIN: Final = timedelta(seconds=30)
SOON: Final = timedelta(minutes=1)
"""Who wants a message later than this need not be told that it cannot be judged now."""


@dataclass(frozen=True, slots=True)
class Step:
    """`fields` change, `state` among them; `due` is when to look again, None for never.

    `note` is for the audit.
    """

    fields: Mapping[str, Any]
    due: datetime | None = None
    facts: tuple[Event, ...] = ()
    note: Note | None = None

    @property
    def state(self) -> str:
        """The state after it."""
        return str(self.fields["state"])


def first(message: Message, verdict: Allowed | Refused | Later) -> Step:
    """What becomes of a message that was just asked for, by the gate's word.

    Only what time does not heal is refused for ever; the rest is judged again at the claim.
    """
    if isinstance(verdict, Refused) and verdict.code != UNKNOWN:
        return blocked(message, verdict.code, verdict.sentence, message.created_at)
    due = verdict.until if isinstance(verdict, Later) else message.send_at
    return requested(message, max(message.created_at, due or message.created_at))


def undecided(message: Message, verdict: Allowed | Refused | Later) -> Refused | None:
    """The refusal of what is wanted now and cannot be judged now: it is not kept, but asked again.

    None for everything else.
    """
    soon = (message.send_at or message.created_at) <= message.created_at + SOON
    if soon and isinstance(verdict, Refused) and verdict.code == UNKNOWN:
        return verdict
    return None


def requested(message: Message, due: datetime) -> Step:
    """Somebody asked for it."""
    fact = SmsRequested(
        message_id=message.id,
        subject=message.subject,
        occurred_at=message.created_at,
        message_class=str(message.message_class),
        purpose=str(message.purpose),
        send_at=message.send_at,
        parts=message.parts or 1,
        requested_by=str(message.requested_by),
    )
    return Step({"state": "queued"}, due, (fact,))


def blocked(message: Message, code: str, sentence: str, now: datetime) -> Step:
    """It will never be sent: the gate refused it, or what was due was withdrawn."""
    fields = {"state": "blocked", "code": code, "sentence": sentence, "final_at": now}
    return Step(fields, None, (_blocked(message, code, now),), noting.blocked(message, code))


def cancelled(message: Message, by: str, now: datetime) -> Step:
    """Who asked for it does not want it any more; `by` as the audit names people."""
    fields = {"state": "cancelled", "code": "cancelled", "final_at": now}
    return Step(fields, None, (_blocked(message, "cancelled", now),), noting.cancelled(message, by))


def postponed(until: datetime) -> Step:
    """Not yet: it stays queued."""
    return Step({"state": "queued", "doubt_at": None}, until)


def kept_waiting(message: Message, until: datetime, now: datetime) -> Step:
    """Its sender rests until then; what is stale by then fails."""
    if message.stoppable or until - now <= GIVE_UP:
        return postponed(until)
    return failed(message, HELD.code, None, HELD.sentence, now)


def set_back(message: Message, setback: Setback, until: datetime, now: datetime) -> Step:
    """The provider refuses its sender, which rests until then; it waits for an hour, then fails."""
    end = give_up_at(message, now)
    if now >= end:
        return failed(message, setback.code, setback.provider_code, setback.sentence, now)
    first_at = message.first_at or now
    fields = {"state": "queued", "code": setback.code, "first_at": first_at, "doubt_at": None}
    return Step(fields, min(until, end))


def give_up_at(message: Message, now: datetime) -> datetime:
    """When it is tried no more. A hold is waited for once; then there is another hour."""
    first = message.first_at or now
    held = now - first >= HOLD
    return first + GIVE_UP + (HOLD + GIVE_UP if held else timedelta())


def undecidable(message: Message, heard: datetime | None, now: datetime) -> Step | None:
    """Nobody can tell now whether the person still agrees: it waits for news of consent.

    None where both have lasted `PATIENCE`: its waiting, and the silence since consent was `heard`.
    """
    since = message.doubt_at or now
    silent = heard is None or now - heard >= PATIENCE
    if silent and now - since >= PATIENCE:
        return None
    return Step({"state": "queued", "doubt_at": since}, now + ASK_AGAIN)


def claimed(message: Message, ref: str, now: datetime) -> Step:
    """An attempt begins, under a name of its own."""
    fields = {
        "state": "sending",
        "ref": ref,
        "attempt": message.attempt + 1,
        "first_at": message.first_at or now,
        "lease_until": now + LEASE,
        "doubt_at": None,
        "code": None,
    }
    return Step(fields, now + LEASE, note=noting.allowed(message))


def again(after: timedelta, code: str, now: datetime) -> Step:
    """It was certainly not taken, and may be sent later."""
    return Step({"state": "queued", "code": code, "lease_until": None}, now + after)


def failed(
    message: Message, code: str, provider_code: str | None, sentence: str, now: datetime
) -> Step:
    """It was not sent, and will not be."""
    fields = {
        "state": "failed",
        "code": code,
        "provider_code": provider_code,
        "sentence": sentence,
        "lease_until": None,
        "final_at": now,
    }
    fact = SmsFailed(
        message_id=message.id,
        subject=message.subject,
        occurred_at=now,
        code=code,
        provider_code=provider_code,
    )
    return Step(fields, facts=(fact,))


def _blocked(message: Message, code: str, now: datetime) -> SmsBlocked:
    return SmsBlocked(
        message_id=message.id,
        subject=message.subject,
        occurred_at=now,
        message_class=str(message.message_class),
        purpose=str(message.purpose),
        code=code,
    )
