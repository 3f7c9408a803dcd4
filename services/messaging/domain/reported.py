"""What the provider says of a message: its answer, and its receipts, in whatever order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from libs.common.events import (
    Event,
    MessageStatus,
    SmsDelivered,
    SmsFailed,
    SmsSent,
    SmsUnconfirmed,
)
from services.messaging.domain import doubt, failures, outcome, receipts, steps
from services.messaging.domain.message import UNANSWERED, Message
from services.messaging.domain.steps import Step

VALID: Final = timedelta(hours=1)
"""How long the provider tries where it does not say (Telnyx: one hour)."""

MARGIN: Final = timedelta(hours=1)
"""How much longer a final receipt is waited for."""

STOPPED: Final = "recipient_stopped"
_UNSAID: Final = timedelta(minutes=1)
_RESTING: Final = frozenset({403, 429})


@dataclass(frozen=True, slots=True)
class Particulars:
    """What an answer tells beside its outcome. `cost` is a decimal as text."""

    parts: int | None = None
    cost: str | None = None
    currency: str | None = None
    valid_until: datetime | None = None


def answer(message: Message, came: outcome.Answer, told: Particulars, now: datetime) -> Step:
    """What an attempt came to. A message that may have gone is never sent again."""
    found = outcome.of(came, _attempt(message, now))
    match found:
        case outcome.Accepted(provider_id):
            return _accepted(message, provider_id, told, now)
        case outcome.Again(after, code):
            return steps.again(after, code, now)
        case outcome.Failed(code, provider_code, sentence):
            return steps.failed(message, code, provider_code, sentence, now)
        case outcome.Unknown(code):
            return doubt.unknown(code, now)


def rest(came: outcome.Answer) -> timedelta | None:
    """How long the sender should rest after such an answer; None where it need not."""
    failure = failures.of_codes(came.codes)
    if failure.kind in {"slow", "hold"}:
        return failure.pause
    return _UNSAID if came.status in _RESTING and failure is failures.UNKNOWN else None


def receipt(message: Message, said: MessageStatus) -> Step:
    """One receipt. It can only raise the state; what it repeats is told once."""
    state = receipts.after(message.state, said.status)
    fields: dict[str, Any] = {
        "state": state,
        "provider_id": message.provider_id or said.message_id,
        "sent_at": message.sent_at or said.occurred_at,
        "lease_until": None,
        **_costs(message, Particulars(said.parts, said.cost, said.currency)),
    }
    facts: tuple[Event, ...] = ()
    if message.state in UNANSWERED:
        fields["code"] = None
        facts = (_sent(message, fields, said.occurred_at),)
    if state in receipts.FINAL:
        if state == message.state:
            return Step(fields)
        final, told = _final(message, state, said)
        return Step({**fields, **final, "final_at": said.occurred_at}, None, (*facts, *told))
    return Step(fields, _unheard_at(message.valid_until, said.occurred_at), facts)


def stops(step: Step) -> bool:
    """Whether the provider refused because the person has told it STOP."""
    return step.fields.get("code") == STOPPED


def refusal(step: Step, said: MessageStatus) -> failures.Failure | None:
    """Why it failed, where this receipt was the first to say so."""
    told = any(isinstance(fact, SmsFailed) for fact in step.facts)
    return failures.of_codes(said.errors) if told else None


def _attempt(message: Message, now: datetime) -> outcome.Attempt:
    """A hold is waited for once, by what is not stale after it."""
    held = now - (message.first_at or now) >= failures.HOLD
    patient = not held and message.stoppable
    return outcome.Attempt(message.attempt, now, steps.give_up_at(message, now), patient)


def _accepted(message: Message, provider_id: str, told: Particulars, now: datetime) -> Step:
    fields: dict[str, Any] = {
        "state": "accepted",
        "provider_id": provider_id,
        "sent_at": now,
        "lease_until": None,
        "code": None,
        "valid_until": told.valid_until,
        **_costs(message, told),
    }
    return Step(fields, _unheard_at(told.valid_until, now), (_sent(message, fields, now),))


def _unheard_at(valid_until: datetime | None, sent_at: datetime) -> datetime:
    return (valid_until or sent_at + VALID) + MARGIN


def _costs(message: Message, told: Particulars) -> dict[str, Any]:
    """What was known stays where nothing new is told."""
    return {
        "parts": told.parts or message.parts,
        "cost": told.cost or message.cost,
        "currency": told.currency or message.currency,
    }


def _sent(message: Message, fields: Mapping[str, Any], at: datetime) -> SmsSent:
    told = {name: fields[name] for name in ("provider_id", "parts", "cost", "currency")}
    return SmsSent(message_id=message.id, subject=message.subject, occurred_at=at, **told)


def _final(
    message: Message, state: str, said: MessageStatus
) -> tuple[dict[str, Any], tuple[Event, ...]]:
    about = {
        "message_id": message.id,
        "subject": message.subject,
        "occurred_at": said.occurred_at,
    }
    if state == "delivered":
        cleared = dict.fromkeys(("code", "provider_code", "sentence"))
        return cleared, (SmsDelivered(**about),)
    if state == "unconfirmed":
        return {"code": "no_receipt"}, (SmsUnconfirmed(**about, reason="no_receipt"),)
    code, failure = failures.decisive(said.errors), failures.of_codes(said.errors)
    fields = {"code": failure.code, "provider_code": code, "sentence": failure.sentence}
    return fields, (SmsFailed(**about, code=failure.code, provider_code=code),)
