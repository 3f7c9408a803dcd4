import json
from pathlib import Path

import pytest

from libs.common.keys import PLATFORM, Keys
from libs.common.principal import Principal, Signer, Verifier
from tests.deploy.conftest import Intnet

PRIVATE = ("keys.json", "gateway.json", "operator.json", "audit-keys.json")


def states(intnet: Intnet) -> dict[str, str]:
    done = intnet("keys", "init", "--json")
    assert done.exit_code == 0, done.stderr
    return {row["key"]: row["state"] for row in json.loads(done.stdout)}


def speaks(room: Path, issuer: str) -> bool:
    tenant, role = ("", "operator") if issuer == "operator" else ("acme0001", "agent")
    token = Signer(room / f"{issuer}.json").sign(
        Principal(tenant, "u", role, frozenset()), "gateway"
    )
    return Verifier(room / "jwks.json", "gateway").verify(token).role == role


def test_it_makes_every_key_that_a_start_needs(intnet: Intnet, room: Path) -> None:
    assert set(states(intnet).values()) == {"made"}
    keys = Keys(room / "keys.json")
    assert keys.unseal(PLATFORM, "f", keys.seal(PLATFORM, "f", b"plain")) == b"plain"
    assert speaks(room, "gateway")
    assert speaks(room, "operator")
    for name in PRIVATE:
        assert (room / name).stat().st_mode & 0o777 == 0o600
    assert '"d"' not in (room / "jwks.json").read_text()


def test_the_keys_that_are_there_stay(intnet: Intnet, room: Path) -> None:
    intnet("keys", "init")
    before = {name: (room / name).read_bytes() for name in (*PRIVATE, "jwks.json")}
    assert set(states(intnet).values()) == {"kept"}
    assert {name: (room / name).read_bytes() for name in before} == before


def test_one_that_is_missing_is_made_beside_the_others(intnet: Intnet, room: Path) -> None:
    intnet("keys", "init")
    (room / "operator.json").unlink()
    kept = dict.fromkeys(("platform", "gateway", "audit"), "kept")
    assert states(intnet) == {**kept, "operator": "made"}
    assert speaks(room, "gateway")
    assert speaks(room, "operator")


def test_a_lost_jwks_file_comes_back_from_the_private_halves(intnet: Intnet, room: Path) -> None:
    intnet("keys", "init")
    (room / "jwks.json").unlink()
    kept, told = dict.fromkeys(("platform", "audit"), "kept"), "published"
    assert states(intnet) == {**kept, "gateway": told, "operator": told}
    assert speaks(room, "gateway")
    assert speaks(room, "operator")


def test_two_issuers_do_not_share_a_file(
    intnet: Intnet, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTNET_OPERATOR_KEY_FILE", str(room / "gateway.json"))
    done = intnet("keys", "init")
    assert done.exit_code == 2
    assert "is the gateway's key, not the operator's" in done.stderr


@pytest.mark.parametrize("name", [*PRIVATE, "jwks.json"])
def test_a_damaged_file_is_named_and_left_alone(intnet: Intnet, room: Path, name: str) -> None:
    (room / name).write_text("{")
    done = intnet("keys", "init")
    assert done.exit_code == 2
    assert name in done.stderr
    assert (room / name).read_text() == "{"


def test_a_place_that_cannot_be_written_is_named(
    intnet: Intnet, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (room / "file").touch()
    monkeypatch.setenv("KEYS_FILE", str(room / "file" / "keys.json"))
    done = intnet("keys", "init")
    assert done.exit_code == 2
    assert "keys.json cannot be used" in done.stderr


def test_a_table_names_the_files(intnet: Intnet, room: Path) -> None:
    head, *rows = intnet("keys", "init").stdout.splitlines()
    assert head.split() == ["Key", "State", "File"]
    assert rows[0].split() == ["platform", "made", str(room / "keys.json")]
