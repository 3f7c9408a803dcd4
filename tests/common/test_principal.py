import base64
import json
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey

from libs.common import clock
from libs.common.principal import BadKeyFile, Issuer, Principal, Refused, Signer, Verifier, generate

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AMAL = Principal("t0000001", "usr_1", "agent", frozenset({"calls:read", "customers:read"}))
OPERATOR = Principal("", "ops", "operator", frozenset({"tenants:write"}))


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    def set_time(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    set_time(NOW)
    return set_time


@pytest.fixture
def jwks(tmp_path: Path) -> Path:
    return tmp_path / "jwks.json"


@pytest.fixture
def gateway(jwks: Path) -> Signer:
    return signer("gateway", jwks)


def signer(issuer: Issuer, jwks: Path) -> Signer:
    private = jwks.parent / f"{issuer}.json"
    generate(issuer, private, jwks)
    return Signer(private)


def forged(jwks: Path, issuer: str = "gateway", **changes: Any) -> str:
    """Signed by the real key of `issuer`, with other claims; `header_x` changes the header."""
    document = json.loads((jwks.parent / f"{issuer}.json").read_text())
    document.pop("iss")
    now = int(NOW.timestamp())
    header = {"alg": "Ed25519", "kid": document["kid"], "typ": "principal+jwt"}
    claims: dict[str, Any] = {
        "iss": issuer, "aud": "matcher", "sub": "usr_1", "tenant": "t0000001", "role": "agent",
        "scopes": [], "iat": now, "nbf": now, "exp": now + 60, "jti": "1",
    }  # fmt: skip
    for name, value in changes.items():
        place = header if name.startswith("header_") else claims
        place[name.removeprefix("header_")] = value
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(header, claims, OKPKey.import_key(document), algorithms=["Ed25519"])


def reason(verifier: Verifier, token: str) -> str:
    with pytest.raises(Refused) as refused:
        verifier.verify(token)
    assert str(refused.value) == "The credentials are not valid."
    return refused.value.reason


def test_what_is_signed_is_believed(gateway: Signer, jwks: Path) -> None:
    assert Verifier(jwks, "matcher").verify(gateway.sign(AMAL, "matcher")) == AMAL


def test_a_token_is_for_one_service_only(gateway: Signer, jwks: Path) -> None:
    assert reason(Verifier(jwks, "insights"), gateway.sign(AMAL, "matcher")) == "audience"


def test_a_token_lives_for_a_minute(
    gateway: Signer, jwks: Path, at: Callable[[datetime], None]
) -> None:
    token, verifier = gateway.sign(AMAL, "matcher"), Verifier(jwks, "matcher")
    for seconds, believed in [(-4, True), (59, True), (64, True)]:
        at(NOW + timedelta(seconds=seconds))
        assert (verifier.verify(token) == AMAL) is believed
    at(NOW + timedelta(seconds=65))
    assert reason(verifier, token) == "expired"
    at(NOW - timedelta(seconds=6))
    assert reason(verifier, token) == "not yet"


def test_what_is_stated_again_at_once_is_one_statement(
    gateway: Signer, jwks: Path, at: Callable[[datetime], None]
) -> None:
    at(NOW)
    first = gateway.sign(AMAL, "matcher")
    at(NOW + timedelta(seconds=4))
    assert gateway.sign(AMAL, "matcher") == first
    assert gateway.sign(AMAL, "insights") != first
    assert gateway.sign(replace(AMAL, role="admin"), "matcher") != first
    at(NOW + timedelta(seconds=5))
    later, verifier = gateway.sign(AMAL, "matcher"), Verifier(jwks, "matcher")
    assert later != first
    at(NOW + timedelta(seconds=65))
    assert verifier.verify(later) == AMAL
    assert reason(verifier, first) == "expired"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"exp": int(NOW.timestamp()) + 3600}, "lifetime"),
        ({"exp": None}, "claims"),
        ({"nbf": None}, "claims"),
        ({"iat": "now"}, "claims"),
        ({"exp": float(NOW.timestamp()) + 60.5}, "claims"),
        ({"nbf": int(NOW.timestamp()) + 30}, "not yet"),
        ({"aud": ["matcher"]}, "claims"),
        ({"aud": "insights"}, "audience"),
        ({"iss": "operator"}, "issuer"),
        ({"iss": "somebody"}, "claims"),
        ({"role": "operator"}, "role"),
        ({"role": ""}, "claims"),
        ({"sub": None}, "claims"),
        ({"tenant": ""}, "tenant"),
        ({"tenant": None}, "claims"),
        ({"tenant": "T0000001"}, "claims"),
        ({"tenant": "t0000001\n"}, "claims"),
        ({"scopes": "calls:read"}, "claims"),
        ({"scopes": [1]}, "claims"),
        ({"jti": None}, "claims"),
        ({"admin": True}, "claims"),
        ({"header_typ": "JWT"}, "header"),
        ({"header_kid": "unknown"}, "unknown key"),
        ({"header_jku": "https://example.com/jwks"}, "header"),
    ],
)
def test_a_real_key_cannot_say_anything_else(
    gateway: Signer, jwks: Path, changes: dict[str, Any], expected: str
) -> None:
    assert Verifier(jwks, "matcher").verify(forged(jwks)).role == "agent"
    assert reason(Verifier(jwks, "matcher"), forged(jwks, **changes)) == expected


def test_an_operator_key_speaks_for_operators_only(jwks: Path) -> None:
    operator, verifier = signer("operator", jwks), Verifier(jwks, "matcher")
    assert verifier.verify(operator.sign(OPERATOR, "matcher")) == OPERATOR
    assert reason(verifier, operator.sign(AMAL, "matcher")) == "role"


def test_a_gateway_key_cannot_make_an_operator(gateway: Signer, jwks: Path) -> None:
    assert reason(Verifier(jwks, "matcher"), gateway.sign(OPERATOR, "matcher")) == "role"


def test_other_algorithms_are_refused(gateway: Signer, jwks: Path) -> None:
    header, payload, _ = gateway.sign(AMAL, "matcher").split(".")
    kid = json.loads(_decoded(header))["kid"]
    public = json.loads(jwks.read_text())["keys"][0]
    claims = json.loads(_decoded(payload))
    verifier = Verifier(jwks, "matcher")

    none = _encoded({"alg": "none", "kid": kid, "typ": "principal+jwt"})
    assert reason(verifier, f"{none}.{payload}.") == "header"
    hs256 = {"alg": "HS256", "kid": kid, "typ": "principal+jwt"}
    secret = OctKey.import_key(_decoded(public["x"]))
    assert reason(verifier, jwt.encode(hs256, claims, secret)) == "header"
    es256 = {"alg": "ES256", "kid": kid, "typ": "principal+jwt"}
    own = ECKey.generate_key("P-256")
    assert reason(verifier, jwt.encode(es256, claims, own)) == "header"


def test_another_key_under_a_known_kid_is_refused(gateway: Signer, jwks: Path) -> None:
    header, payload, _ = gateway.sign(AMAL, "matcher").split(".")
    stranger = OKPKey.generate_key("Ed25519", {"kid": json.loads(_decoded(header))["kid"]})
    token = jwt.encode(
        json.loads(_decoded(header)),
        json.loads(_decoded(payload)),
        stranger,
        algorithms=["Ed25519"],
    )
    assert reason(Verifier(jwks, "matcher"), token) == "signature"


@pytest.mark.parametrize(
    "token", ["", "a.b.c", "....", "\x00", "\ud800", "e30.e30.", "é.é.é", "a" * 100_000]
)
def test_rubbish_is_refused(gateway: Signer, jwks: Path, token: str) -> None:
    assert reason(Verifier(jwks, "matcher"), token) in {"signature", "header", "unknown key"}


JSON = st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=4)
HEADER = JSON | st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk"]), JSON)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(header="alg", payload=None, signature=b"")
@example(header={"alg": None, "crit": None}, payload=None, signature=b"")
@given(header=HEADER, payload=JSON, signature=st.binary(max_size=64))
def test_no_header_makes_it_fail_otherwise(
    gateway: Signer, jwks: Path, header: object, payload: object, signature: bytes
) -> None:
    token = f"{_encoded(header)}.{_encoded(payload)}.{_encoded(list(signature))}"
    assert reason(Verifier(jwks, "matcher"), token) in {"signature", "header", "unknown key"}


def test_a_changed_letter_is_refused(gateway: Signer, jwks: Path) -> None:
    token, verifier = gateway.sign(AMAL, "matcher"), Verifier(jwks, "matcher")
    for place in (token.index(".") + 5, len(token) - 10):
        other = "A" if token[place] != "A" else "B"
        reason(verifier, token[:place] + other + token[place + 1 :])


def test_new_keys_are_taken_in_and_withdrawn_ones_let_go(gateway: Signer, jwks: Path) -> None:
    verifier = Verifier(jwks, "matcher")
    rotated = signer("gateway", jwks)
    assert verifier.verify(rotated.sign(AMAL, "matcher")) == AMAL
    assert verifier.verify(gateway.sign(AMAL, "matcher")) == AMAL
    keys = json.loads(jwks.read_text())["keys"]
    replacement = jwks.with_name("next.json")
    replacement.write_text(json.dumps({"keys": keys[1:]}))
    replacement.replace(jwks)
    assert verifier.verify(rotated.sign(AMAL, "matcher")) == AMAL
    assert reason(verifier, gateway.sign(AMAL, "matcher")) == "unknown key"


@pytest.mark.filterwarnings("ignore")
def test_a_broken_key_file_changes_nothing(gateway: Signer, jwks: Path) -> None:
    verifier = Verifier(jwks, "matcher")
    jwks.write_text("{")
    assert verifier.verify(gateway.sign(AMAL, "matcher")) == AMAL
    jwks.unlink()
    assert verifier.verify(gateway.sign(AMAL, "matcher")) == AMAL


def test_the_private_half_is_private(gateway: Signer, jwks: Path) -> None:
    private = jwks.with_name("gateway.json")
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert '"d"' in private.read_text()
    assert '"d"' not in jwks.read_text()
    assert [path.name for path in sorted(jwks.parent.iterdir())] == ["gateway.json", "jwks.json"]


def test_bad_key_files_say_what_is_wrong(gateway: Signer, jwks: Path) -> None:
    with pytest.raises(BadKeyFile, match=r"missing\.json cannot be read"):
        Verifier(jwks.with_name("missing.json"), "matcher")
    with pytest.raises(BadKeyFile, match="holds no keys"):
        Signer(jwks)
    with pytest.raises(BadKeyFile, match="holds no keys"):
        Verifier(jwks.with_name("gateway.json"), "matcher")
    jwks.write_text(json.dumps({"keys": [json.loads(jwks.with_name("gateway.json").read_text())]}))
    with pytest.raises(BadKeyFile, match="holds no keys"):
        Verifier(jwks, "matcher")


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _encoded(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")
