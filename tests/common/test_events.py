"""Envelopes: what goes on the wire, and what comes back from it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.events import (
    CallAnswered,
    Envelope,
    Malformed,
    Personal,
    TenantSaved,
    derived_id,
    enclose,
    fact_of,
    record_key,
)

AT = datetime(2026, 5, 19, 23, 30, 15, 38431, tzinfo=UTC)


def answered(session: str = "s-1") -> CallAnswered:
    return CallAnswered(session_id=session, leg_id="l-1", occurred_at=AT)


def test_an_event_survives_the_wire() -> None:
    sent = enclose(answered(), "agencyaaa", id="e-1", source="ingest", time=AT)
    read = Envelope.from_json(sent.to_json())
    assert read == sent
    assert fact_of(read, CallAnswered) == answered()
    assert (read.type, read.key) == ("call.answered", b"agencyaaa:s-1")
    assert read.dataschema == "urn:intnet:event:call.answered:v1"


def test_the_tenants_own_state_has_the_tenant_alone_as_key() -> None:
    saved = TenantSaved(
        tenant="agencyaaa", version=1, name="A", profile="intnet-iq", region="US", language="en"
    )
    assert enclose(saved, "agencyaaa", id="e", source="gateway", time=AT).key == b"agencyaaa"
    assert record_key("agencyaaa", "x") == b"agencyaaa:x"


def test_fields_of_a_newer_writer_are_ignored() -> None:
    sent = enclose(answered(), "agencyaaa", id="e-1", source="ingest", time=AT)
    newer = sent.model_copy(update={"data": {**sent.data, "hologram": True}})
    assert fact_of(Envelope.from_json(newer.to_json()), CallAnswered) == answered()


def test_a_personal_field_is_of_a_category_that_there_is() -> None:
    with pytest.raises(ValueError, match="account, behaviour, contact, content, contract"):
        Personal("communication", "to show it")


def test_a_derived_id_is_the_same_on_every_attempt() -> None:
    assert derived_id("cause", "call.matched") == derived_id("cause", "call.matched")
    assert derived_id("cause", "call.matched") != derived_id("cause", "call.matched", 1)
    assert derived_id("cause", "call.matched") != derived_id("other", "call.matched")


@pytest.mark.parametrize(
    "value", [None, b"", b"{}", b"[1]", b"\xff\xfe", b'{"id": "+12025550133"}']
)
def test_what_is_no_event_is_malformed_and_not_repeated(value: bytes | None) -> None:
    with pytest.raises(Malformed) as raised:
        Envelope.from_json(value)
    assert "2025550133" not in str(raised.value)


def test_data_that_does_not_fit_names_the_fields_alone() -> None:
    sent = enclose(answered(), "agencyaaa", id="e-1", source="ingest", time=AT)
    broken = sent.model_copy(update={"data": {"session_id": 1, "occurred_at": "call +12025550133"}})
    with pytest.raises(Malformed, match="leg_id, occurred_at, session_id") as raised:
        fact_of(broken, CallAnswered)
    assert "2025550133" not in str(raised.value)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_malformed(value: bytes) -> None:
    try:
        Envelope.from_json(value)
    except Malformed:
        return
    raise AssertionError("random bytes are no event")
