"""The telephone exchange: calls in progress and the events they have."""

import asyncio
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_bytes
from uuid import uuid1, uuid4

from deploy.simulator import payloads
from deploy.simulator.delivery import Courier, Delivery
from deploy.simulator.orders import EventName, Handling, Outcome, Ring, Script, Sent
from deploy.simulator.payloads import Call, Event, Json

_NODE = 0x02420AEF271F
_CALLS = 2000

TYPES: dict[EventName, str] = {
    "initiated": "call.initiated",
    "answered": "call.answered",
    "hangup": "call.hangup",
    "cost": "call.cost",
}
_AFTER: dict[EventName, float] = {"initiated": 0, "answered": 5, "hangup": 65, "cost": 95}


class UnknownCall(LookupError):
    """No call in progress has this session."""


@dataclass
class Leg:
    """A call and its events so far: an event asked for again is the same event."""

    call: Call
    events: dict[EventName, Event] = field(default_factory=dict)


class Exchange:
    """Rings, answers, hangs up; the oldest calls are forgotten."""

    def __init__(self, courier: Courier, now: Callable[[], datetime]) -> None:
        self._courier = courier
        self._now = now
        self._legs: OrderedDict[str, Leg] = OrderedDict()

    async def ring(self, order: Ring) -> Outcome:
        """Makes a call ring, or only creates it."""
        call = _call(order, self._now() - timedelta(seconds=order.age))
        self._legs[call.session_id] = Leg(call)
        while len(self._legs) > _CALLS:
            self._legs.popitem(last=False)
        if order.hold:
            return Outcome(session_id=call.session_id)
        return await self.happen(call.session_id, "initiated", order)

    async def happen(self, session: str, name: EventName, how: Handling) -> Outcome:
        """One event of a call, at its time or now. Raises UnknownCall."""
        return _outcome(session, await self._send(self._leg(session), name, how, self._now()))

    async def play(self, session: str, script: Script) -> Outcome:
        """Events in the order of the script. Those without a time of their own happen as usual:
        answered after 5 s, over after 65 s, costed after 95 s. Raises UnknownCall."""
        leg = self._leg(session)
        for step in sorted(script.steps, key=lambda step: _AFTER[step.event]):
            usual = leg.call.started_at + timedelta(seconds=_AFTER[step.event])
            self._event(leg, step.event, step, usual)
        now = self._now()
        if script.concurrent:
            sending = (self._send(leg, step.event, step, now) for step in script.steps)
            sent = await asyncio.gather(*sending)
        else:
            sent = [await self._send(leg, step.event, step, now) for step in script.steps]
        return _outcome(session, [delivery for copies in sent for delivery in copies])

    def _leg(self, session: str) -> Leg:
        try:
            return self._legs[session]
        except KeyError:
            raise UnknownCall(session) from None

    async def _send(self, leg: Leg, name: EventName, how: Handling, at: datetime) -> list[Delivery]:
        event = self._event(leg, name, how, at)
        await asyncio.sleep(how.delay)
        copies = (self._courier.deliver(event, how.signature) for _ in range(how.times))
        return await asyncio.gather(*copies)

    def _event(self, leg: Leg, name: EventName, how: Handling, at: datetime) -> Event:
        if name not in leg.events:
            if name == "initiated" or how.after is not None:
                at = leg.call.started_at + timedelta(seconds=how.after or 0)
            payload = _payload(leg, name, at)
            leg.events[name] = Event(str(uuid4()), TYPES[name], at, payload)
        return leg.events[name]


def _call(order: Ring, started_at: datetime) -> Call:
    withheld = order.withheld or not order.origin
    origin = "anonymous" if withheld else str(order.origin)
    return Call(
        session_id=order.session_id or str(uuid1(_NODE)),
        leg_id=str(uuid1(_NODE)),
        control_id="v3:" + urlsafe_b64encode(token_bytes(42)).decode(),
        connection_id=order.connection_id,
        direction=order.direction,
        origin=payloads.dashed(origin) if order.dashed else origin,
        to=order.to,
        started_at=started_at,
        caller_name=order.caller_name,
        attestation=order.attestation or ("failed" if order.spoofed else None),
        screening=order.screening,
    )


def _payload(leg: Leg, name: EventName, at: datetime) -> Json:
    if name == "initiated":
        return payloads.initiated(leg.call)
    if name == "answered":
        return payloads.answered(leg.call)
    if name == "hangup":
        return payloads.hangup(leg.call, at, was_answered="answered" in leg.events)
    return payloads.cost(leg.call, at, _billed(leg))


def _billed(leg: Leg) -> int:
    """Seconds between answer and end; none where either is missing."""
    if "answered" not in leg.events or "hangup" not in leg.events:
        return 0
    spent = leg.events["hangup"].at - leg.events["answered"].at
    return max(0, round(spent.total_seconds()))


def _outcome(session: str, deliveries: list[Delivery]) -> Outcome:
    sent = [Sent.of(delivery) for delivery in deliveries]
    first = sent[0]
    return Outcome(session_id=session, status=first.status, latency_ms=first.latency_ms, sent=sent)
