"""Ids and fingerprints: the same for the same, keyed, and apart by kind."""

import hmac
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.messaging.domain.intent import confirmation_id, fingerprint, message_id


def code(text: str) -> str:
    return hmac.digest(b"a key of the tenant", text.encode(), "sha256").hex()[:32]


def other(text: str) -> str:
    return hmac.digest(b"another key", text.encode(), "sha256").hex()[:32]


bodies = st.dictionaries(
    st.text(), st.text() | st.none() | st.integers() | st.dictionaries(st.text(), st.text())
)


@given(bodies)
def test_the_order_of_fields_does_not_matter(body: dict[str, object]) -> None:
    assert fingerprint(dict(reversed(body.items())), code) == fingerprint(body, code)


@given(bodies, bodies)
def test_other_bodies_have_other_fingerprints(
    one: dict[str, object], two: dict[str, object]
) -> None:
    assert (fingerprint(one, code) == fingerprint(two, code)) == (one == two)


def test_a_fingerprint_is_keyed() -> None:
    body = {"to": "+12125550123", "text": "Hello"}

    assert fingerprint(body, code) != fingerprint(body, other)
    assert re.fullmatch("[0-9a-f]{32}", fingerprint(body, code))


def test_half_a_character_does_not_break_it() -> None:
    assert fingerprint({"text": "\ud83d"}, code)


@pytest.mark.parametrize("value", [float("nan"), object()])
def test_what_is_no_json_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        fingerprint({"at": value}, code)


def test_one_message_for_each_idempotency_key() -> None:
    first = message_id(code, "order-1", "random-1")

    assert re.fullmatch("msg_[0-9a-f]{32}", first)
    assert message_id(code, "order-1", "random-2") == first
    assert message_id(code, "order-2", "random-1") != first
    assert message_id(other, "order-1", "random-1") != first


def test_without_a_key_each_message_is_new() -> None:
    first = message_id(code, None, "random-1")

    assert re.fullmatch("msg_[0-9a-f]{32}", first)
    assert message_id(code, None, "random-2") != first


def test_a_key_can_be_chosen_to_equal_nothing_else() -> None:
    ids = {
        message_id(code, "event-1", "other"),
        message_id(code, None, "event-1"),
        confirmation_id(code, "event-1"),
        f"msg_{code('event-1')}",
    }

    assert len(ids) == 4
    assert confirmation_id(code, "event-1") == confirmation_id(code, "event-1")
