"""What becomes of a message in doubt: it is looked for, then people judge; never sent again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from libs.common.events import SmsUnconfirmed
from services.messaging.domain import noting
from services.messaging.domain.message import Message
from services.messaging.domain.steps import Step, failed

FIRST_LOOK: Final = timedelta(seconds=5)
LAST_PAUSE: Final = timedelta(minutes=1)
REVIEW_AFTER: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an operator says became of a message, and how it is known."""

    sent: bool
    by: str
    reason: str


def unknown(code: str, now: datetime) -> Step:
    """Nobody knows whether the provider has it: it is looked for, and never sent again."""
    fields = {"state": "unknown", "code": code, "doubt_at": now, "lease_until": None}
    return Step(fields, now + FIRST_LOOK)


def silent(message: Message, now: datetime) -> Step | None:
    """What follows where nothing was heard of a message in its time; None for nothing."""
    if message.state == "sending":
        ended = message.lease_until is None or message.lease_until <= now
        return unknown("no_answer", now) if ended else None
    if message.state == "unknown":
        return _sought(message, now)
    return _unheard(message, now) if message.state in {"accepted", "sent"} else None


def _sought(message: Message, now: datetime) -> Step:
    """No trace of it was found: it is sought again, at growing intervals, and then by people."""
    since = message.doubt_at or now
    if now - since >= REVIEW_AFTER:
        fields = {"state": "needs_review", "code": "no_answer"}
        return Step(fields, now, (_unconfirmed(message, "no_answer", now),))
    pause = min(max(now - since, FIRST_LOOK), LAST_PAUSE)
    return Step({"state": "unknown"}, min(now + pause, since + REVIEW_AFTER))


def _unheard(message: Message, now: datetime) -> Step:
    """It was sent, and its time has passed without a final receipt."""
    fields = {"state": "unconfirmed", "code": "no_receipt", "final_at": now}
    return Step(fields, facts=(_unconfirmed(message, "no_receipt", now),))


def settled(message: Message, verdict: Verdict, now: datetime) -> Step:
    """A person has found out what became of it."""
    step = (
        _unheard(message, now)
        if verdict.sent
        else failed(message, "not_sent", None, "An operator found that it was not sent.", now)
    )
    fields = {**step.fields, "settled_by": verdict.by, "settled_for": verdict.reason}
    note = noting.settled(message, verdict.by, sent=verdict.sent)
    return Step(fields, None, step.facts, note)


def _unconfirmed(message: Message, reason: str, now: datetime) -> SmsUnconfirmed:
    return SmsUnconfirmed(
        message_id=message.id, subject=message.subject, occurred_at=now, reason=reason
    )
