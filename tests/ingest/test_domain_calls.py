import pytest

from libs.common.events import CallAnswered, CallCosted, CallEnded, CallStarted
from libs.common.events.calls import CallEvent
from services.ingest.domain.calls import FAMILY, ends
from services.ingest.domain.envelope import read
from services.ingest.domain.family import Ignored, Reading
from services.ingest.domain.refusal import NotUnderstood, Why
from tests.ingest.domain_support import READING, body, changed, code, fact, sealed, started

FACTS: dict[str, type[CallEvent]] = {
    "call_initiated_real": CallStarted,
    "call_initiated_dashes": CallStarted,
    "call_answered": CallAnswered,
    "call_hangup_unanswered": CallEnded,
    "call_hangup_quality": CallEnded,
    "call_cost": CallCosted,
}


def refusal(raw: bytes) -> NotUnderstood:
    with pytest.raises(NotUnderstood) as refused:
        FAMILY.translate(read(raw), READING)
    return refused.value


@pytest.mark.parametrize(("name", "kind"), FACTS.items())
def test_each_event_has_its_fact(name: str, kind: type[CallEvent]) -> None:
    assert type(FAMILY.translate(read(body(name)), READING)) is kind


def test_a_real_ring() -> None:
    assert started() == {
        "session_id": "b04574f6-53da-11f1-8e4b-02420aef271f",
        "leg_id": "b0457f28-53da-11f1-9961-02420aef271f",
        "occurred_at": "2026-05-19T23:30:15.038431Z",
        "direction": "incoming",
        "started_at": "2026-05-19T23:30:15.038431Z",
        "line": "+15125550127",
        "connection_id": "2963572552552678752",
        "party": "+15125550142",
        "party_kind": "number",
        "subject": code("+15125550142"),
        "caller_name": None,
        "attestation": None,
        "screening": None,
    }


def test_the_documented_ring_with_dashes_and_without_start_time() -> None:
    ring = fact(body("call_initiated_dashes"))
    assert (ring["party"], ring["line"]) == ("+12025550133", "+12025550131")
    assert ring["started_at"] == ring["occurred_at"] == "2018-02-02T22:25:27.521992Z"


def test_an_answer() -> None:
    assert fact(body("call_answered")) == {
        "session_id": "aeb5639a-87dd-11f0-af54-02420a1f0b69",
        "leg_id": "aebb45bc-87dd-11f0-9d4e-02420a1f0b69",
        "occurred_at": "2025-09-02T09:17:59.616122Z",
        "started_at": "2025-09-02T09:17:44.596122Z",
    }


def test_a_real_end() -> None:
    assert fact(body("call_hangup_unanswered")) == {
        "session_id": "b04574f6-53da-11f1-8e4b-02420aef271f",
        "leg_id": "b0457f28-53da-11f1-9961-02420aef271f",
        "occurred_at": "2026-05-19T23:30:23.738431Z",
        "started_at": "2026-05-19T23:30:15.038431Z",
        "ended_at": "2026-05-19T23:30:23.738431Z",
        "cause": "originator_cancel",
        "source": "caller",
        "sip_code": "487",
    }


def test_an_end_by_the_documentation_alone() -> None:
    end = fact(
        changed(
            "call_hangup_unanswered",
            end_time=...,
            hangup_cause="a_new_cause",
            hangup_source=...,
            sip_hangup_cause="unspecified",
        )
    )
    assert end["ended_at"] == end["occurred_at"]
    assert (end["cause"], end["source"], end["sip_code"]) == (
        "a_new_cause",
        "unknown",
        "unspecified",
    )


def test_a_cost() -> None:
    cost = fact(body("call_cost"))
    assert (cost["total"], cost["currency"], cost["billed_seconds"]) == ("0.0055", "USD", 60)


@pytest.mark.parametrize(
    ("total", "text"), [("12.50", "12.50"), (0, "0"), (1e-7, "0.0000001"), ("-0.1", "-0.1")]
)
def test_money_is_a_decimal_as_text(total: object, text: str) -> None:
    assert fact(changed("call_cost", total_cost=total))["total"] == text


@pytest.mark.parametrize(("seconds", "whole"), [(60, 60), ("60", 60), (0, 0), (None, None)])
def test_billed_seconds_are_whole(seconds: object, whole: int | None) -> None:
    assert fact(changed("call_cost", billed_duration_secs=seconds))["billed_seconds"] == whole


@pytest.mark.parametrize("total", [..., "", "1,5", "1e3", "NaN", True, [], "9" * 13])
def test_what_is_no_amount_is_refused(total: object) -> None:
    assert refusal(changed("call_cost", total_cost=total)).field == "data.payload.total_cost"


def test_a_cost_that_could_not_be_worked_out_is_no_fact() -> None:
    raw = changed("call_cost", status="error", total_cost=None)
    assert FAMILY.translate(read(raw), READING) == Ignored("call.cost")


@pytest.mark.parametrize(
    "parts", [None, [], "x", [1], [{"currency": "usd"}], [{"currency": "USD"}, {"currency": "SAR"}]]
)
def test_a_currency_is_told_only_where_all_parts_agree(parts: object) -> None:
    assert fact(changed("call_cost", cost_parts=parts))["currency"] is None


def test_an_outgoing_call_is_about_the_other_side_and_says_nothing_of_a_caller() -> None:
    ring = started(
        direction="outgoing",
        caller_id_name="Example Agency",
        shaken_stir_attestation="A",
        call_screening_result="spam_likely",
    )
    assert (ring["line"], ring["party"]) == ("+15125550142", "+15125550127")
    assert [ring[name] for name in ("caller_name", "attestation", "screening")] == [None] * 3


@pytest.mark.parametrize("origin", ["anonymous", "", None, ..., "sip:anonymous@anonymous.invalid"])
def test_a_withheld_caller_has_no_number_no_code_and_no_name(origin: object) -> None:
    ring = started(**{"from": origin}, caller_id_name="JANE DOE")
    assert ring["party_kind"] == "withheld"
    assert [ring[name] for name in ("party", "subject", "caller_name")] == [None] * 3


def test_a_national_number_is_read_in_the_tenants_region() -> None:
    raw = changed("call_initiated_real", **{"from": "0500000042"})
    ring = FAMILY.translate(read(raw), Reading("SA", code, sealed))
    assert isinstance(ring, CallStarted)
    assert ring.party == "+966500000042"


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("call_initiated_real", "direction", "sideways"),
        ("call_initiated_real", "direction", None),
        ("call_initiated_real", "call_session_id", None),
        ("call_initiated_real", "call_session_id", "a:b c"),
        ("call_initiated_real", "call_leg_id", 5),
        ("call_initiated_real", "from", {"phone_number": "+15125550142"}),
        ("call_initiated_real", "to", ["+15125550127"]),
        ("call_initiated_real", "connection_id", 2963572552552678752),
        ("call_initiated_real", "start_time", "soon"),
        ("call_initiated_real", "caller_id_name", "x" * 257),
        ("call_answered", "call_session_id", ""),
        ("call_answered", "start_time", 5),
        ("call_hangup_quality", "end_time", "2025-09-02"),
        ("call_hangup_quality", "hangup_cause", {}),
        ("call_cost", "billed_duration_secs", -1),
        ("call_cost", "billed_duration_secs", True),
        ("call_cost", "billed_duration_secs", "a minute"),
    ],
)
def test_an_unusable_field_is_named(name: str, field: str, value: object) -> None:
    refused = refusal(changed(name, **{field: value}))
    assert (refused.why, refused.field) == (Why.FIELD, f"data.payload.{field}")


@pytest.mark.parametrize("name", ["call_bridged", "call_machine_detection_ended"])
def test_known_events_without_use_are_ignored(name: str) -> None:
    received = read(body(name))
    assert FAMILY.translate(received, READING) == Ignored(received.type)


@pytest.mark.parametrize(
    "kind", ["call.hold", "call.of.tomorrow", "conference.ended", "streaming.started"]
)
def test_known_families_are_known(kind: str) -> None:
    assert FAMILY.knows(kind)
    assert kind not in FAMILY.facts


@pytest.mark.parametrize("kind", ["call.initiated", "call.answered", "call.hangup", "call.cost"])
def test_the_four_are_needed(kind: str) -> None:
    assert kind in FAMILY.facts


@pytest.mark.parametrize(
    "name", ["message_received", "message_finalized_delivered", "brand_update", "order_update"]
)
def test_other_families_are_not_calls(name: str) -> None:
    assert not FAMILY.knows(read(body(name)).type)


def test_ends_tell_both_sides_the_connection_and_the_start() -> None:
    found = ends(read(body("call_hangup_quality")))
    assert (found.to, found.origin) == ("+12025550131", "+12185550149")
    assert found.connection == "1684641123236054244"
    assert found.at.isoformat() == "2025-09-02T09:17:44.596122+00:00"


def test_ends_fall_back_to_the_events_own_time() -> None:
    found = ends(read(body("call_cost")))
    assert (found.to, found.origin, found.at.second) == (None, None, 41)
