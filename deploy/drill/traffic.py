"""The webhooks of a drill: calls of customers and strangers, and poison between them.

Everything follows from the seed but the moments and the ids of calls, which must be new.
"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from deploy.simulator import payloads
from deploy.simulator.payloads import Call, Event, Json, moment

CUSTOMERS = 60
_CUSTOMER_AREAS = ("907", "808", "406")
_STRANGER_AREA = "605"
_NOBODYS = "+13035550199"
_NOBODYS_CONNECTION = "2963572552552670000"
_URL = "http://drill.invalid/webhooks/telnyx"

DUPLICATED = 0.10
POISONED = 0.02


@dataclass(frozen=True)
class Line:
    """A tenant's number and connection."""

    tenant: str
    number: str
    connection: str


@dataclass(frozen=True)
class Webhook:
    """One event to post; `id` is what it must be known by inside.

    `kind` is the event type, or `poison:` and what is wrong. `expected` are the values that must
    come of it. `copies` says how often it is posted.
    """

    id: str
    kind: str
    body: bytes
    tenant: str | None = None
    session: str | None = None
    expected: dict[str, str | None] = field(default_factory=dict)
    copies: int = 1


Webhooks = tuple[Webhook, ...]
"""Posted one after the other, each after the answer to the one before."""


def customer_number(index: int) -> str:
    """The number of a customer of every drill tenant."""
    area = _CUSTOMER_AREAS[index * len(_CUSTOMER_AREAS) // CUSTOMERS]
    return f"+1{area}55501{index % 100:02d}"


def customer_name(tenant: str, index: int) -> str:
    """Another name in each tenant, so that a mix-up shows."""
    return f"{tenant.title()} Customer {index:02d}"


def customers_file(tenant: str) -> bytes:
    """The CSV that an agency imports before the drills."""
    rows = [
        f"DRILL-{index:03d},{customer_name(tenant, index)},{customer_number(index)}"
        for index in range(CUSTOMERS)
    ]
    return "\n".join(["Client No.,Client Name,Phone", *rows, ""]).encode()


def stream(seed: int, lines: Sequence[Line], poisoned: float = POISONED) -> Iterator[Webhooks]:
    """Calls without end, with the share of duplicates and of poison."""
    rng = random.Random(seed)  # noqa: S311 - chance to be repeated, no secret
    per_call = 3
    while True:
        if rng.random() < poisoned * per_call:
            yield (_poison(rng, rng.choice(lines)),)
        events = call(rng, rng.choice(lines))
        yield tuple(replace(event, copies=1 + (rng.random() < DUPLICATED)) for event in events)


def call(rng: random.Random, line: Line, session: str | None = None) -> Webhooks:
    """A call that rings, is answered and ends."""
    index = rng.randrange(CUSTOMERS + 12)
    known = index < CUSTOMERS
    origin = customer_number(index) if known else f"+1{_STRANGER_AREA}55501{index:02d}"
    withheld = rng.random() < 0.04
    caller = None if withheld else origin
    outcome = "withheld" if withheld else "matched" if known else "unknown"
    name = customer_name(line.tenant, index) if known and not withheld else None
    return call_of(line, caller, session, outcome=outcome, name=name)


def call_of(
    line: Line, caller: str | None, session: str | None = None, **expected: str | None
) -> Webhooks:
    """A call of this number, or of a withheld one, that rings now, is answered and ends."""
    leg = _leg(line, caller or "anonymous", session or str(uuid4()))
    rang = {"party": caller, "started_at": moment(leg.started_at), **expected}
    answer, end = (leg.started_at + timedelta(seconds=s) for s in (4, 9))
    return (
        _webhook(line, leg, "call.initiated", payloads.initiated(leg), rang),
        _webhook(line, leg, "call.answered", payloads.answered(leg), {"at": moment(answer)}),
        _webhook(
            line,
            leg,
            "call.hangup",
            payloads.hangup(leg, end, was_answered=True),
            {"at": moment(end)},
        ),
    )


def with_id(webhook: Webhook, event_id: str) -> Webhook:
    """The same event under another id, as an attacker would choose it."""
    body = webhook.body.replace(webhook.id.encode(), event_id.encode())
    return replace(webhook, id=event_id, body=body)


def _leg(line: Line, origin: str, session: str) -> Call:
    return Call(
        session_id=session,
        leg_id=str(uuid4()),
        control_id="v3:drill",
        connection_id=line.connection,
        direction="incoming",
        origin=origin,
        to=line.number,
        started_at=datetime.now(UTC),
    )


def _webhook(
    line: Line, leg: Call, kind: str, payload: Json, expected: dict[str, str | None]
) -> Webhook:
    at = expected.get("at") or expected["started_at"]
    event = Event(str(uuid4()), kind, datetime.fromisoformat(str(at)), payload)
    return Webhook(event.id, kind, event.body(1, _URL), line.tenant, leg.session_id, expected)


def _poison(rng: random.Random, line: Line) -> Webhook:
    """Signed, and of no use: no JSON, nobody's number, or a field that is missing."""
    kind = rng.choice(("garbage", "unrouted", "malformed"))
    if kind == "garbage":
        body = b'{"data": ' + uuid4().hex.encode()
        return Webhook(hashlib.sha256(body).hexdigest(), "poison:garbage", body)
    if kind == "unrouted":
        line = Line("", _NOBODYS, _NOBODYS_CONNECTION)
    leg = _leg(line, customer_number(rng.randrange(CUSTOMERS)), str(uuid4()))
    payload = payloads.initiated(leg)
    if kind == "malformed":
        del payload["call_session_id"]
    event = Event(str(uuid4()), "call.initiated", leg.started_at, payload)
    return Webhook(event.id, f"poison:{kind}", event.body(1, _URL))
