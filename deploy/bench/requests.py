"""Signed webhooks as they come over the wire, made before anything is measured."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from uuid import uuid4

from deploy.simulator.payloads import Call, Event, answered, hangup, initiated
from deploy.simulator.signing import Headers, Signer
from libs.common.phone import normalise

PATH = "/webhooks/telnyx"
_URL = "https://hooks.example.com/webhooks/telnyx"
_NAMES = ("Dana Whitfield", None, "AUSTIN TX", None)
_ATTESTED = ("A", "A", "B", None)


@dataclass(frozen=True)
class Webhook:
    """One delivery: the session it is about, its signature headers, its raw body."""

    event_id: str
    session_id: str
    headers: Headers
    body: bytes

    def wire(self) -> bytes:
        """The whole HTTP request."""
        told = [
            ("Host", "hooks.example.com"),
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(self.body))),
            *self.headers,
        ]
        head = "".join(f"{name}: {value}\r\n" for name, value in told)
        return f"POST {PATH} HTTP/1.1\r\n{head}\r\n".encode() + self.body


def rings(count: int, line: str, signer: Signer, now: datetime) -> list[Webhook]:
    """`count` calls that begin to ring on `line` now, each of its own caller and session."""
    callers = reserved()
    return [_ring(i, line, callers[i % len(callers)], signer, now) for i in range(count)]


def whole(count: int, line: str, signer: Signer, now: datetime, apart: int) -> list[Webhook]:
    """The same with answer and end, each `apart` calls after the event before it.

    Three follow each other where one does in `rings`: the rate of requests is three times that
    of calls.
    """
    callers = reserved()
    calls = [_call(i, line, callers[i % len(callers)], now) for i in range(count)]
    found = []
    for turn in range(count + 2 * apart):
        for step, back in enumerate((0, apart, 2 * apart)):
            if 0 <= turn - back < count:
                found.append(_step(calls[turn - back], step, signer, now))
    return found


def packed(webhooks: Iterable[Webhook]) -> bytes:
    """The file that the loader reads: each request after its length, four bytes big-endian."""
    wires = [webhook.wire() for webhook in webhooks]
    return b"".join(struct.pack(">I", len(wire)) + wire for wire in wires)


@cache
def reserved() -> Sequence[str]:
    """Every US number that is reserved for fiction, 555-0100 to 555-0199 of each area code."""
    areas = [area for area in range(200, 1000) if normalise(f"+1{area}5550100", "US")]
    return tuple(f"+1{area}55501{last:02d}" for last in range(100) for area in areas)


def _ring(index: int, line: str, origin: str, signer: Signer, now: datetime) -> Webhook:
    return _step(_call(index, line, origin, now), 0, signer, now)


def _call(index: int, line: str, origin: str, now: datetime) -> Call:
    return Call(
        session_id=str(uuid4()),
        leg_id=str(uuid4()),
        control_id=f"v3:CM8u1zCcmtZ3Jzb6vuXBSzCLS5p7ww8ypCUpyBJVrubAVjjLAAECY{index % 10}",
        connection_id="2963572552552678752",
        direction="incoming",
        origin=origin,
        to=line,
        started_at=now,
        caller_name=_NAMES[index % len(_NAMES)],
        attestation=_ATTESTED[index % len(_ATTESTED)],
    )


def _step(call: Call, step: int, signer: Signer, now: datetime) -> Webhook:
    at = now + timedelta(seconds=2 * step)
    kind, payload = (
        ("call.initiated", initiated),
        ("call.answered", answered),
        ("call.hangup", lambda ended: hangup(ended, at, was_answered=True)),
    )[step]
    event = Event(str(uuid4()), kind, at, payload(call))
    body = event.body(1, _URL)
    return Webhook(event.id, call.session_id, signer.headers(body, int(now.timestamp())), body)
