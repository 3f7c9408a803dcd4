"""Mongo out: messages and with whom, consent's copy, senders, templates, and what is due."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from libs.common import phone, telemetry
from libs.common.events import TenantSaved
from libs.common.keys import Keys
from libs.common.mongo import Lease, TenantScope, Work
from libs.common.privacy import PERIODS, REMOVALS, Eraser, Periods, Removals
from services.messaging.domain import gate, setbacks
from services.messaging.domain.agency import held, profile_of
from services.messaging.domain.copy import CHANNEL
from services.messaging.domain.failures import Failure
from services.messaging.domain.gate import Allowed, Ask, Later, Refused, Sender, Standing
from services.messaging.domain.message import Message
from services.messaging.domain.refusals import SENTENCES
from services.messaging.domain.rules import Rules
from services.messaging.domain.setbacks import Setback
from services.messaging.domain.steps import Step
from services.messaging.store.consents import CONSENTS, Consents
from services.messaging.store.conversations import CONVERSATIONS, Conversations, Head
from services.messaging.store.desk import Desk
from services.messaging.store.due import DUE, Due, Dues
from services.messaging.store.early import EARLY, Early
from services.messaging.store.erasing import Erasing
from services.messaging.store.heard import HEARD, Heard
from services.messaging.store.messages import MESSAGES, Messages
from services.messaging.store.safeguards import SAFEGUARDS, Safeguards
from services.messaging.store.senders import SENDERS, Pace, Senders
from services.messaging.store.telling import Telling
from services.messaging.store.templates import TEMPLATES, Templates

ENTITIES = (
    *(MESSAGES, CONVERSATIONS, CONSENTS, SENDERS, TEMPLATES, SAFEGUARDS, EARLY),
    *(REMOVALS, PERIODS),
)
SHARED = (DUE, HEARD)


class Store:
    """One tenant's part of messaging's database. The platform's scope has what is shared alone."""

    def __init__(self, scope: TenantScope, keys: Keys, desk: Desk) -> None:
        self.desk = desk
        self.messages = Messages(scope, keys)
        self.conversations = Conversations(scope, keys)
        self.consents = Consents(scope)
        self.senders = Senders(scope)
        self.templates = Templates(scope)
        self.safeguards = Safeguards(scope)
        self.early = Early(scope)
        self.removals = Removals(scope)
        self.due = Dues(scope)
        self.heard = Heard(scope)
        self.erasing = Erasing(scope)
        self.eraser = Eraser(scope, keys)
        self.telling = Telling(scope, keys)
        self.periods = Periods(scope)
        self._leases = scope.shared("leases")

    def turn(self, work: str, lasting: timedelta) -> Lease:
        """The right to do some work for all tenants, one process at a time."""
        return Lease(self._leases, work, lasting)

    async def begin(self, message: Message, step: Step, work: Work) -> Message:
        """Adds a message as it is after its first step, in the trace of who asked; returns it."""
        begun = replace(message, **step.fields, traceparent=telemetry.traceparent())
        await self.messages.add(begun)
        await self._note(begun, step, work)
        return begun

    async def follow(self, message: Message, step: Step, work: Work) -> bool:
        """Takes a step: the message changes, is due or not, and it is told.

        False, and nothing, where the message is not any more what it was when it was read.
        """
        if not await self.messages.change(message, step.fields):
            return False
        await self._note(message, step, work)
        return True

    async def end_all(self, ended: Sequence[tuple[Message, Step]], work: Work) -> None:
        """Takes the last step of messages that were read in this transaction, at once."""
        await self.messages.change_all([(message, step.fields) for message, step in ended])
        await self.due.end([message.id for message, _ in ended])
        for _, step in ended:
            announce(step, work)

    async def _note(self, message: Message, step: Step, work: Work) -> None:
        sender = self.messages.code(f"sender:{message.line}")
        urgent = not message.stoppable
        await self.due.set(message.id, step.state, step.due, urgent=urgent, sender=sender)
        announce(step, work)

    async def set_back(
        self,
        message: Message,
        failure: Failure,
        provider_code: str | None,
        tenant: TenantSaved,
        at: datetime,
    ) -> Setback | None:
        """Lets the sender of a refused message rest, or the profile, if that is whose fault it is.

        None where it is the message's own, and where they rest already.
        """
        if failure.whose == "message":
            return None
        profile = profile_of(tenant, at) if failure.whose == "profile" else None
        value = profile or str(message.line)
        known = (await self.senders.pace(value)).setback
        setback = setbacks.after(known, failure, provider_code, at)
        if setback is not None:
            await self.senders.set_back(value, setback)
        return setback

    async def decide(
        self, message: Message, number: str, tenant: TenantSaved, now: datetime
    ) -> Allowed | Refused | Later:
        """What the gate says of a message to this number (E.164), by what is known now."""
        recipient = phone.parse(number, None, lenient=True)
        if not isinstance(recipient, phone.Number):
            return Refused("not_a_mobile_number", SENTENCES["not_a_mobile_number"])
        sender = message.line and await self._sender(message.line, tenant, now)
        if not sender:
            return Refused("sender_not_yours", SENTENCES["sender_not_yours"])
        at = max(now, message.send_at or now)
        ask = Ask(
            message_class=str(message.message_class),
            purpose=str(message.purpose),
            channel=CHANNEL,
            recipient=recipient,
            sender=sender,
            at=at,
            parts=message.parts or 1,
        )
        rules = self.desk.rules.of(recipient.region)
        standing = await self._standing(message.subject, ask, rules, now)
        return gate.decide(ask, standing, rules)

    async def _sender(self, value: str, tenant: TenantSaved, now: datetime) -> Sender | None:
        """Whom the recipient sees; None for a number that is not the agency's now."""
        if not value.startswith("+"):
            registered = await self.senders.registration(value) is not None
            return Sender(value, "alphanumeric", registered)
        own = value in held(tenant.numbers, now)
        return Sender(value, "number", registered=True) if own else None

    async def _standing(self, subject: str, ask: Ask, rules: Rules, now: datetime) -> Standing:
        """What the gate looks at for this message, and no more: every message is asked about."""
        copy = await self.consents.get(subject)
        heard = await self.heard.last() if ask.promotional else None
        region = ask.recipient.region or ""
        return Standing(
            permission=copy.permission(ask.purpose, ask.channel),
            suppressed=copy.suppressed,
            suspected=copy.suspected,
            restricted=copy.restricted,
            stopped=copy.stopped_at is not None,
            heard=heard and heard + (ask.at - now),  # how old the copy is counts now, not at `at`
            safeguard=rules.safeguard and await self.safeguards.active(region, ask.at),
        )


def announce(step: Step, work: Work) -> None:
    """Tells of a step, to the other services and to the audit."""
    for fact in step.facts:
        work.emit(fact)
    if step.note:
        work.note(step.note)


__all__ = ["ENTITIES", "SHARED", "Desk", "Due", "Head", "Pace", "Store", "announce"]
