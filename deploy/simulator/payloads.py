"""Webhook bodies in the shape of real deliveries, fields that no document names included.

Sources: deliveries of May 2026, Telnyx's quickstart of 2025, and the classes of its SDK.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import JsonValue

Json = dict[str, JsonValue]

_CODECS = "PCMU,PCMA,G729"
_OFFERED = "AMR-WB~OCTET-ALIGN=0; MODE-SET=0,16000H,PCMU,G729"
_PER_MINUTE_MILLS = 35


@dataclass(frozen=True)
class Call:
    """One leg of a call; numbers are written as the network presents them.

    `attestation` is A, B, C, failed, or None where the application does not ask for it.
    `connection_id` has 19 digits and is text: it is over 2^53.
    """

    session_id: str
    leg_id: str
    control_id: str
    connection_id: str
    direction: str
    origin: str
    to: str
    started_at: datetime
    caller_name: str | None = None
    attestation: str | None = None
    screening: str | None = None


@dataclass(frozen=True)
class Event:
    """One event; its id stays the same on every delivery."""

    id: str
    type: str
    at: datetime
    payload: Json

    def occurred_at(self) -> str:
        """When it happened, as voice events write it."""
        return moment(self.at)

    def data(self) -> Json:
        """What every delivery of the event has in common."""
        return {
            "event_type": self.type,
            "id": self.id,
            "occurred_at": self.occurred_at(),
            "payload": self.payload,
            "record_type": "event",
        }

    def body(self, attempt: int, url: str) -> bytes:
        """The v2 envelope as one delivery attempt carries it."""
        whole = {"data": self.data(), "meta": {"attempt": attempt, "delivered_to": url}}
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def initiated(call: Call) -> Json:
    """A call rings. Without a registered name, the number stands in its place."""
    incoming = call.direction == "incoming"
    payload: Json = {
        "caller_id_name": call.caller_name or call.origin,
        "calling_party_type": "pstn" if incoming else "sip",
        "client_state": None,
        "connection_codecs": _CODECS,
        "direction": call.direction,
        "flow_destination": "telnyx_number_cc_app",
        "from_sip_uri": f"{_user(call.origin)}@203.0.113.86:5060",
        "offered_codecs": _OFFERED,
        "state": "parked" if incoming else "bridging",
        "to_sip_uri": f"{_user(call.to)}@us.icp.telnyx.com:5060",
    }
    return _common(call) | payload | _attestation(call) | _screening(call)


def answered(call: Call) -> Json:
    """The call is taken; real deliveries lack the documented `state`."""
    return _common(call) | {"client_state": None, "tags": ["single", "dual"]}


def hangup(call: Call, at: datetime, *, was_answered: bool) -> Json:
    """The end: the callee hangs up, or the caller gives up while it rings."""
    payload: Json = {"client_state": None, "end_time": moment(at), "telnyx_error": None}
    if was_answered:
        payload |= {"hangup_cause": "normal_clearing", "hangup_source": "callee"}
        payload |= {"sip_hangup_cause": "200", "call_quality_stats": _quality()}
    else:
        payload |= {"hangup_cause": "originator_cancel", "hangup_source": "caller"}
        payload |= {"sip_hangup_cause": "487"}
    return _common(call) | payload


def cost(call: Call, at: datetime, seconds: int) -> Json:
    """What the call cost: it names neither number, and whole minutes are billed."""
    minutes = -(-seconds // 60)
    price = f"0.{minutes * _PER_MINUTE_MILLS:04d}"
    part: Json = {
        "billed_duration_secs": minutes * 60,
        "call_part": "sip-trunking",
        "cost": price,
        "currency": "USD",
        "rate": f"0.{_PER_MINUTE_MILLS:04d}",
    }
    return _ids(call) | {
        "billed_duration_secs": minutes * 60,
        "billing_group_id": None,
        "client_state": None,
        "cost_parts": [part],
        "occurred_at": moment(at),
        "status": "success",
        "total_cost": price,
    }


def moment(at: datetime) -> str:
    """Microseconds and `Z`, as voice events write time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def dashed(number: str) -> str:
    """`+1-202-555-0133` of `+12025550133`; other numbers stay as they are."""
    if not number.startswith("+1") or len(number) != len("+12025550133"):
        return number
    return "-".join((number[:2], number[2:5], number[5:8], number[8:]))


def _ids(call: Call) -> Json:
    return {
        "call_control_id": call.control_id,
        "call_leg_id": call.leg_id,
        "call_session_id": call.session_id,
        "connection_id": call.connection_id,
    }


def _common(call: Call) -> Json:
    return _ids(call) | {"from": call.origin, "start_time": moment(call.started_at), "to": call.to}


def _attestation(call: Call) -> Json:
    if call.attestation is None:
        return {}
    failed = call.attestation == "failed"
    level = "A" if failed else call.attestation
    return {"shaken_stir_attestation": level, "shaken_stir_validated": not failed}


def _screening(call: Call) -> Json:
    return {} if call.screening is None else {"call_screening_result": call.screening}


def _quality() -> Json:
    """Every figure is text; only the inbound side has an opinion score."""
    inbound: Json = {
        "jitter_max_variance": "63.77",
        "jitter_packet_count": "0",
        "mos": "4.50",
        "packet_count": "329",
        "skip_packet_count": "13",
    }
    return {"inbound": inbound, "outbound": {"packet_count": "0", "skip_packet_count": "0"}}


def _user(number: str) -> str:
    return number.replace("-", "")
