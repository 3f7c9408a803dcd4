"""The built payloads have the fields of real deliveries."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.simulator import payloads
from deploy.simulator.payloads import Call, Event, Json

REAL = Path(__file__).parents[1] / "ingest" / "payloads"


def real(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((REAL / f"{name}.json").read_text())
    return loaded


def call_of(payload: dict[str, Any], **other: Any) -> Call:
    return Call(
        session_id=payload["call_session_id"],
        leg_id=payload["call_leg_id"],
        control_id=payload["call_control_id"],
        connection_id=payload["connection_id"],
        direction="incoming",
        origin=payload["from"],
        to=payload["to"],
        started_at=datetime.fromisoformat(payload["start_time"]),
        **other,
    )


def differing(built: Json, given: dict[str, Any]) -> set[str]:
    return {key for key in built.keys() | given.keys() if built.get(key) != given.get(key)}


def test_a_ring_equals_the_real_one() -> None:
    given = real("call_initiated_real")["data"]["payload"]
    built = payloads.initiated(call_of(given))
    assert differing(built, given) == {"offered_codecs", "flow_destination"}


def test_a_missed_call_equals_the_real_one() -> None:
    given = real("call_hangup_unanswered")["data"]["payload"]
    end = datetime.fromisoformat(given["end_time"])
    built = payloads.hangup(call_of(given), end, was_answered=False)
    assert differing(built, given) == set()


def test_an_answered_call_equals_the_logged_one() -> None:
    given = real("call_answered")["data"]["payload"]
    assert differing(payloads.answered(call_of(given)), given) == set()
    given = real("call_hangup_quality")["data"]["payload"]
    end = datetime.fromisoformat(given["end_time"])
    built = payloads.hangup(call_of(given), end, was_answered=True)
    assert differing(built, given) == {"tags"}


def test_the_envelope_equals_the_real_one() -> None:
    given = real("call_initiated_real")
    data, meta = given["data"], given["meta"]
    at = datetime.fromisoformat(data["occurred_at"])
    event = Event(data["id"], data["event_type"], at, data["payload"])
    assert json.loads(event.body(1, meta["delivered_to"])) == given


@pytest.mark.parametrize(
    ("level", "said"),
    [
        (None, (None, None)),
        ("A", ("A", True)),
        ("C", ("C", True)),
        ("failed", ("A", False)),
    ],
)
def test_attestation_is_present_failed_or_absent(level: str | None, said: object) -> None:
    given = real("call_initiated_real")["data"]["payload"]
    built = payloads.initiated(call_of(given, attestation=level))
    found = (built.get("shaken_stir_attestation"), built.get("shaken_stir_validated"))
    assert found == said


def test_a_cost_bills_whole_minutes_and_names_no_number() -> None:
    given = real("call_initiated_real")["data"]["payload"]
    call = call_of(given)
    built = payloads.cost(call, call.started_at + timedelta(seconds=90), 61)
    assert (built["billed_duration_secs"], built["total_cost"]) == (120, "0.0070")
    assert not {"from", "to"} & built.keys()


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("+12025550133", "+1-202-555-0133"),
        ("+966500000001", "+966500000001"),
        ("anonymous", "anonymous"),
    ],
)
def test_dashes(number: str, written: str) -> None:
    assert payloads.dashed(number) == written
