"""Telnyx's call events as facts of ours: an allow-list, so nothing undeclared passes.

Source: Telnyx, "Call Control webhooks", and real deliveries where they differ from it.
"""

from libs.common.events import CallAnswered, CallEnded, CallStarted
from libs.common.phone import caller
from services.ingest.domain.costs import costed
from services.ingest.domain.envelope import Received
from services.ingest.domain.family import Family, Reading
from services.ingest.domain.names import caller_name
from services.ingest.domain.routing import Ends
from services.ingest.domain.screening import attestation, screening


def ends(received: Received) -> Ends:
    """What a call event tells about its owner. Raises NotUnderstood."""
    payload = received.payload
    return Ends(
        at=payload.moment("start_time") or received.occurred_at,
        to=payload.text("to"),
        origin=payload.text("from"),
        connection=payload.optional_identifier("connection_id"),
    )


def _started(received: Received, reading: Reading) -> CallStarted:
    """A ring. Only this event tells the direction; later ones of the call do not repeat it.

    What the networks say about a caller is kept only where the caller is the other side, and
    the name only where the caller does not withhold the number.
    """
    payload = received.payload
    direction = payload.word("direction")
    if direction not in _DIRECTIONS:
        raise payload.unusable("direction")
    ours, theirs = ("to", "from") if direction == "incoming" else ("from", "to")
    party = caller(payload.text(theirs), reading.region)
    incoming = direction == "incoming"
    named = incoming and party.kind != "withheld"
    return CallStarted(
        session_id=payload.identifier("call_session_id"),
        leg_id=payload.identifier("call_leg_id"),
        occurred_at=received.occurred_at,
        direction=direction,
        started_at=payload.moment("start_time") or received.occurred_at,
        line=caller(payload.text(ours), reading.region).e164,
        connection_id=payload.optional_identifier("connection_id"),
        party=party.e164,
        party_kind=party.kind,
        subject=reading.code(party.e164) if party.e164 else None,
        caller_name=_name(received) if named else None,
        attestation=attestation(payload) if incoming else None,
        screening=screening(payload) if incoming else None,
    )


def _name(received: Received) -> str | None:
    payload = received.payload
    return caller_name(payload.text("caller_id_name"), payload.text("from"))


def _answered(received: Received, _: Reading) -> CallAnswered:
    payload = received.payload
    return CallAnswered(
        session_id=payload.identifier("call_session_id"),
        leg_id=payload.identifier("call_leg_id"),
        occurred_at=received.occurred_at,
        started_at=payload.moment("start_time"),
    )


def _ended(received: Received, _: Reading) -> CallEnded:
    """The hangup; `end_time` is real but undocumented, so the event's own time stands in."""
    payload = received.payload
    return CallEnded(
        session_id=payload.identifier("call_session_id"),
        leg_id=payload.identifier("call_leg_id"),
        occurred_at=received.occurred_at,
        started_at=payload.moment("start_time"),
        ended_at=payload.moment("end_time") or received.occurred_at,
        cause=payload.word("hangup_cause") or "unspecified",
        source=payload.word("hangup_source") or "unknown",
        sip_code=payload.word("sip_hangup_cause"),
    )


_DIRECTIONS = frozenset({"incoming", "outgoing"})

FAMILY = Family(
    ends,
    {
        "call.initiated": _started,
        "call.answered": _answered,
        "call.hangup": _ended,
        "call.cost": costed,
    },
    ("call.", "conference.", "streaming."),
)
