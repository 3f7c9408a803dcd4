import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.envelope import DEEPEST, LARGEST, read
from services.ingest.domain.refusal import NotUnderstood, Why
from tests.ingest.domain_support import PAYLOADS, body, document

WEBHOOKS = [
    path.stem
    for path in sorted(PAYLOADS.glob("*.json"))
    if not path.stem.startswith(("portal", "log", "flat", "version"))
]


def refusal(raw: bytes) -> NotUnderstood:
    with pytest.raises(NotUnderstood) as refused:
        read(raw)
    return refused.value


@pytest.mark.parametrize("name", WEBHOOKS)
def test_every_webhook_is_read(name: str) -> None:
    received, data = read(body(name)), document(name)["data"]
    assert (received.id, received.type) == (data["id"], data["event_type"])
    assert received.occurred_at == datetime.fromisoformat(data["occurred_at"])


def test_both_ways_to_write_the_time_are_utc() -> None:
    assert read(body("call_initiated_real")).occurred_at.tzinfo is UTC
    assert read(body("message_received")).occurred_at.microsecond == 588_000


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("portal_shape", Why.PORTAL_SHAPE),
        ("log_shape", Why.LOG_SHAPE),
        ("flat_campaign_status", Why.FLAT),
        ("version_1_call", Why.VERSION_1),
        ("version_1_message", Why.VERSION_1),
    ],
)
def test_other_shapes_are_named(name: str, why: Why) -> None:
    assert refusal(body(name)).why is why


def test_texml_is_named() -> None:
    assert refusal((PAYLOADS / "texml_status.txt").read_bytes()).why is Why.TEXML


def test_a_type_of_version_1_inside_the_envelope_is_named() -> None:
    whole = document("call_answered")
    whole["data"]["event_type"] = "call_answered"
    assert refusal(json.dumps(whole).encode()).why is Why.VERSION_1


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", Why.NOT_JSON),
        (b"{", Why.NOT_JSON),
        (b"{} {}", Why.NOT_JSON),
        (b'{"a":NaN}', Why.NOT_JSON),
        (b'{"a":1e400}', Why.NOT_JSON),
        (b'{"a":"\\ud800"}', Why.NOT_JSON),
        (b'{"a":"\xff"}', Why.NOT_JSON),
        (b"\xef\xbb\xbf{}", Why.NOT_JSON),
        ('{"a":1}'.encode("utf-16"), Why.NOT_JSON),
        (b'{"a":' + b"9" * 5000 + b"}", Why.NOT_JSON),
        (b"[]", Why.NOT_AN_OBJECT),
        (b'"data"', Why.NOT_AN_OBJECT),
        (b"{}", Why.FLAT),
        (b" " * LARGEST + b"{}", Why.TOO_LARGE),
        (b'{"a":' + b"[" * DEEPEST + b"]" * DEEPEST + b"}", Why.TOO_DEEP),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", Why.TOO_DEEP),
    ],
)
def test_strict_json_of_bounded_size_and_depth(raw: bytes, why: Why) -> None:
    assert refusal(raw).why is why


def test_the_deepest_that_is_allowed_is_read() -> None:
    whole = document("call_answered")
    nested: object = {}
    for _ in range(DEEPEST - 4):
        nested = [nested]
    whole["data"]["payload"]["custom_headers"] = nested
    assert read(json.dumps(whole).encode()).type == "call.answered"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", None),
        ("id", ""),
        ("id", 7),
        ("id", "two words"),
        ("id", "a\0b"),
        ("id", "x" * 129),
        ("event_type", None),
        ("event_type", ["call.answered"]),
        ("occurred_at", None),
        ("occurred_at", "yesterday"),
        ("occurred_at", "2024-01-15"),
        ("occurred_at", "2024-01-15T20:16:07"),
        ("occurred_at", "0001-01-01T00:00:00+23:59"),
        ("occurred_at", "1970-01-01T00:00:00Z"),
        ("occurred_at", 1779233415),
        ("payload", None),
        ("payload", []),
        ("payload", "{}"),
    ],
)
def test_an_unusable_field_is_named(field: str, value: object) -> None:
    whole = document("call_answered")
    whole["data"][field] = value
    refused = refusal(json.dumps(whole).encode())
    assert (refused.why, refused.field) == (Why.FIELD, f"data.{field}")


def test_data_that_is_no_object_is_named() -> None:
    assert refusal(b'{"data":[1]}').field == "data"


def test_meta_and_record_type_may_be_absent_and_more_may_come() -> None:
    whole = {"data": document("call_answered")["data"], "signature_version": 2}
    del whole["data"]["record_type"]
    assert read(json.dumps(whole).encode()).type == "call.answered"


def test_the_refusal_repeats_no_content() -> None:
    whole = document("call_initiated_real")
    whole["data"]["id"] = "+1 512 555 0142"
    assert "555" not in str(refusal(json.dumps(whole).encode()))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.binary())
def test_no_bytes_raise_anything_else(raw: bytes) -> None:
    with pytest.raises(NotUnderstood):
        read(raw)


@given(st.fixed_dictionaries({"data": JSON}) | JSON)
def test_no_json_raises_anything_else(value: object) -> None:
    with pytest.raises(NotUnderstood):
        read(json.dumps(value).encode())
