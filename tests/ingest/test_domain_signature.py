from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from services.ingest.domain.signature import Flaw, PublicKey, Unsigned, verify

# RFC 8032, section 7.1, TEST 1
SECRET = SigningKey(
    bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
)
KEY = PublicKey.of("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
OTHER = PublicKey.of(b64encode(bytes(SigningKey(b"\x01" * 32).verify_key)).decode())
STAMP = b"1779233415"
NOW = datetime.fromtimestamp(1779233415, UTC)
VECTORS = {
    b"{}": (
        b"xFs2NDxKIEpXXMC1cg1X8ea9N8oUoLgBnsOy7sEfVWkHDrDHG4vKoSCq9FJK7Km512rN6c2n6632EQVGJgJSCQ=="
    ),
    '{ "text":"Zürich €5 مرحبا" }'.encode(): (
        b"sSTssZ97wEmjWVFD6zk9REz/A4Pzvu6ylWy9fl4KHvwJNZbYj0+iCuaHLZgH1GLfLEPs3HbGq1CPTGeIVHehDA=="
    ),
}
GOOD = VECTORS[b"{}"]
Pairs = list[tuple[bytes, bytes]]


def headers(signature: bytes = GOOD, stamp: bytes = STAMP) -> Pairs:
    return [(b"telnyx-signature-ed25519", signature), (b"telnyx-timestamp", stamp)]


def signed(body: bytes, stamp: bytes, secret: SigningKey = SECRET) -> Pairs:
    return headers(b64encode(secret.sign(stamp + b"|" + body).signature), stamp)


def flaw(pairs: Pairs, body: bytes = b"{}", now: datetime = NOW) -> Flaw:
    with pytest.raises(Unsigned) as refused:
        verify(pairs, body, [KEY], now)
    return refused.value.flaw


@pytest.mark.parametrize(("body", "signature"), VECTORS.items(), ids=["plain", "unicode"])
def test_the_known_vectors_verify(body: bytes, signature: bytes) -> None:
    assert verify(headers(signature), body, [KEY], NOW) is KEY


def test_header_names_in_any_case_and_foreign_headers_are_fine() -> None:
    pairs = [(name.upper(), value) for name, value in headers()] + [
        (b"host", b"a"),
        (b"host", b"b"),
    ]
    assert verify(pairs, b"{}", [KEY], NOW) is KEY


def test_the_key_that_matched_is_named() -> None:
    assert verify(headers(), b"{}", [OTHER, KEY], NOW).name == "11qYAYKx"


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], Flaw.MISSING),
        (headers()[:1], Flaw.MISSING),
        (headers()[1:], Flaw.MISSING),
        (headers() + headers()[:1], Flaw.DOUBLED),
        (headers() + headers()[1:], Flaw.DOUBLED),
        (headers(b""), Flaw.MALFORMED),
        (headers(GOOD + b"\n"), Flaw.MALFORMED),
        (headers(GOOD.rstrip(b"=")), Flaw.MALFORMED),
        (headers(b" " + GOOD), Flaw.MALFORMED),
        (headers(GOOD.replace(b"CQ==", b"CR==")), Flaw.MALFORMED),
        (headers(GOOD + b", " + GOOD), Flaw.MALFORMED),
        (headers(GOOD.replace(b"/", b"_").replace(b"+", b"-") + b"-"), Flaw.MALFORMED),
        (headers(b64encode(b"\x00" * 63)), Flaw.MALFORMED),
        (headers(b"\xff" * 88), Flaw.MALFORMED),
        (headers(stamp=b""), Flaw.MALFORMED),
        (headers(stamp=b" 1779233415"), Flaw.MALFORMED),
        (headers(stamp=b"+1779233415"), Flaw.MALFORMED),
        (headers(stamp=b"1779233415.0"), Flaw.MALFORMED),
        (headers(stamp=b"1_779_233_415"), Flaw.MALFORMED),
        (headers(stamp="١٧٧٩٢٣٣٤١٥".encode()), Flaw.MALFORMED),
        (headers(stamp=b"9" * 400), Flaw.MALFORMED),
        (headers(stamp=b"0"), Flaw.STALE),
        (headers(stamp=b"999999999999"), Flaw.FUTURE),
        (headers(b64encode(b"\x00" * 64)), Flaw.MISMATCH),
        (headers(stamp=b"1779233416"), Flaw.MISMATCH),
        (signed(b"{}", STAMP, SigningKey(b"\x02" * 32)), Flaw.MISMATCH),
    ],
)
def test_flaws_have_a_reason(pairs: Pairs, expected: Flaw) -> None:
    assert flaw(pairs) is expected


def test_a_body_that_was_written_anew_does_not_match() -> None:
    assert flaw(headers(), b"{ }") is Flaw.MISMATCH


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_the_edges_of_the_window_count(seconds: int) -> None:
    assert verify(headers(), b"{}", [KEY], NOW + timedelta(seconds=seconds)) is KEY


@pytest.mark.parametrize(("seconds", "expected"), [(301, Flaw.STALE), (-301, Flaw.FUTURE)])
def test_outside_the_window(seconds: int, expected: Flaw) -> None:
    assert flaw(headers(), now=NOW + timedelta(seconds=seconds)) is expected


def test_no_key_means_no_match() -> None:
    with pytest.raises(Unsigned, match="mismatch"):
        verify(headers(), b"{}", [], NOW)


def test_a_key_counts_from_its_activation_until_before_its_retirement() -> None:
    hour = timedelta(hours=1)
    key = PublicKey.of(
        "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=", active_from=NOW, retired_at=NOW + hour
    )
    assert [key.in_force(at) for at in (NOW - hour, NOW, NOW + hour)] == [False, True, False]
    with pytest.raises(Unsigned, match="mismatch"):
        verify(signed(b"{}", STAMP), b"{}", [key], NOW - timedelta(seconds=1))


@pytest.mark.parametrize(
    "text", ["", "x", "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo", "d75a9801" * 8, "ü" * 44]
)
def test_what_is_no_key_says_where_to_find_one(text: str) -> None:
    with pytest.raises(ValueError, match="Mission Control"):
        PublicKey.of(text)


@given(st.binary(max_size=200))
def test_what_we_sign_verifies(body: bytes) -> None:
    assert verify(signed(body, STAMP), body, [KEY], NOW) is KEY


@given(st.binary(max_size=120), st.binary(max_size=14), st.binary(max_size=20))
def test_no_input_raises_anything_else(signature: bytes, stamp: bytes, body: bytes) -> None:
    with pytest.raises(Unsigned):
        verify(headers(signature, stamp), body, [KEY], NOW)


@given(st.integers(0, 63), st.integers(1, 255))
def test_one_changed_byte_of_the_signature_does_not_match(place: int, mask: int) -> None:
    raw = bytearray(SECRET.sign(STAMP + b"|{}").signature)
    raw[place] ^= mask
    assert flaw(headers(b64encode(bytes(raw)))) is Flaw.MISMATCH
