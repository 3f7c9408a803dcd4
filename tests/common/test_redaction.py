import json
import urllib.parse
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.telemetry.redaction import redact, redact_text

NUMBER = "12025550143"
SPELLINGS = [
    "+12025550143",
    "12025550143",
    "(202) 555-0143",
    "+1 (202) 555-0143",
    "202.555.0143",
    "1-202-555-0143",
    "1/202/555/0143",
    "+1\u00a0202\u2011555\u20110143",
    "1.2.0.2.5.5.5.0.1.4.3",
    "%2B12025550143",
    "%2b1%20%28202%29%20555-0143",
    "1+202+555+0143",
    "555-0143",
    "+966500000012",
    "+\u0661\u0662\u0660\u0662\u0665\u0665\u0665\u0660\u0661\u0664\u0663",
    "\u200e+1 202 555 0143\u200e",
    "\uff11\uff12\uff10\uff12\uff15\uff15\uff15\uff10\uff11\uff14\uff13",
    "tel12025550143x",
    "sip:+12025550143@sip.example.com",
]


def digits_left(text: str) -> int:
    return sum(character.isdecimal() for character in text)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(
    "wrap",
    [
        lambda s: s,
        lambda s: f"caller {s} unknown",
        lambda s: json.dumps({"from": {"phone_number": s}}),
        lambda s: f"KeyError: {s.encode()!r}",
        lambda s: urllib.parse.quote(s),
        lambda s: f"tenant:{s}",
    ],
)
def test_every_spelling_is_masked(spelling: str, wrap: "object") -> None:
    text = wrap(spelling)  # type: ignore[operator]
    assert digits_left(redact_text(text)) == 0, redact_text(text)


def test_it_goes_through_containers_bytes_and_keys() -> None:
    value = {
        "+12025550143": [b"+12025550143", ("x", {"deep": {"er": "+1 202 555 0143"}})],
        "caller": 12025550143,
        "body": bytearray(b"tel 202-555-0143"),
    }
    assert digits_left(json.dumps(redact(value))) == 0


@pytest.mark.parametrize(
    "text",
    [
        "5f0c1d2e-1111-4222-8333-123456789012",
        "cus_0197c3d2a1b27c3d9e4f123456789012",
        "2026-02-03T04:05:06.123456Z",
        "2026-02-03 04:05:06+00:00",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "127.0.0.1:27017",
        "parked calls.v1/3/123456789",
        "insights.dead.v1/11/123456789",
        "calls.v1 [3] at 12345",
        "line 204, in handle",
        "GET /v1/customers/{customer_id} 200",
    ],
)
def test_ids_and_times_stay_readable(text: str) -> None:
    assert redact_text(text) == text


def test_numbers_that_count_stay_readable() -> None:
    record = {
        "port": 65535,
        "offset": 123456789,
        "duration_ms": 1234567.25,
        "epoch": 1767225600,
        "received_at": 1767225600.5,
        "http.response.status_code": 200,
        "span_id": "1234567890123456",
        "tenant": "12345678",
        "ok": True,
        "none": None,
    }
    assert redact(record) == record


def test_numbers_that_count_nothing_are_masked() -> None:
    assert redact({"caller": 2025550143, "share": 0.123456789}) == {
        "caller": "[number]",
        "share": 0.123456789,
    }


@pytest.mark.parametrize(
    "text",
    [
        "amal@example.com",
        "to=amal.s+x@mail.example.co.uk,",
        "amal%40example.com",
        '{"e":"amal@example.com"}',
    ],
)
def test_addresses_are_masked(text: str) -> None:
    assert "amal" not in redact_text(text)
    assert "example" not in redact_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abcdefgh.ijk",
        "eyJhbGciOi.eyJzdWIi.c2ln",
        "mongodb://someone:hunter2@db:27017",
        "the key ink_live_0d5f7a3c0d5f7a3c0d5f_c2lnijk is no good",
    ],
)
def test_credentials_in_text_are_masked(text: str) -> None:
    assert "[secret]" in redact_text(text)
    assert not any(word in redact_text(text) for word in ("ijk", "c2ln", "hunter2"))


def test_credentials_under_their_key_are_masked() -> None:
    secret = {"password": "x", "Set-Cookie": ["sid=1"], "api_token": {"a": 1}, "token": None}
    assert redact(secret) == {
        "password": "[secret]",
        "Set-Cookie": "[secret]",
        "api_token": "[secret]",
        "token": None,
    }


def test_an_unknown_object_is_only_named() -> None:
    class Caller:
        def __repr__(self) -> str:
            return "Caller(Amal)"

    assert redact({"who": Caller(), "why": ValueError("Amal")}) == {
        "who": "<test_an_unknown_object_is_only_named.<locals>.Caller>",
        "why": "<ValueError>",
    }


def test_plain_types_become_text() -> None:
    value = [datetime(2026, 1, 2, tzinfo=UTC), UUID(int=7), Path("/run/keys.json")]
    assert redact(value) == [
        "2026-01-02 00:00:00+00:00",
        "00000000-0000-0000-0000-000000000007",
        "/run/keys.json",
    ]


def test_a_cycle_ends() -> None:
    loop: list[object] = []
    loop.append(loop)
    assert "..." in json.dumps(redact(loop))


@given(
    st.text(max_size=20).filter(lambda s: not any(c.isdecimal() for c in s)),
    st.lists(st.sampled_from(["", " ", "-", ".", "(", ") ", "\u2011", " - "]), min_size=9),
)
def test_no_separator_saves_a_number(around: str, separators: list[str]) -> None:
    number = "".join(
        digit + separator
        for digit, separator in zip("2025550143", [*separators[:9], ""], strict=True)
    )
    assert digits_left(redact_text(f"{around} {number} {around}")) == 0


@given(st.uuids())
def test_no_uuid_is_harmed(value: UUID) -> None:
    assert redact_text(f"event {value} seen") == f"event {value} seen"


@given(st.recursive(st.none() | st.text() | st.integers() | st.binary(), st.lists))
def test_it_is_total_and_settles(value: object) -> None:
    once = redact(value)
    assert redact(once) == once
