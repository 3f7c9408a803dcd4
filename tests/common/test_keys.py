"""The key file: codes, seals, and what may not be opened."""

import json
import os
import stat
from pathlib import Path

import pytest

from libs.common.keys import (
    PLATFORM,
    Keys,
    NoKeyError,
    SealBroken,
    create_platform_keys,
    create_tenant_keys,
)

A, B = "agencyaaa", "agencybbb"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    create_platform_keys(path)
    create_tenant_keys(path, A)
    create_tenant_keys(path, B)
    return path


def test_a_code_is_stable_and_the_tenants_own(path: Path) -> None:
    keys, again = Keys(path), Keys(path)
    assert keys.code(A, "+12025550133") == again.code(A, "+12025550133")
    assert keys.code(A, "+12025550133") != keys.code(B, "+12025550133")
    assert keys.code(A, "+12025550133") != keys.code(A, "+12025550133", use="suppression")
    assert len(keys.code(A, "+12025550133")) == 32


def test_only_owner_and_field_open_a_seal(path: Path) -> None:
    keys = Keys(path)
    sealed = keys.seal(A, "text", "Grüße".encode())
    assert keys.unseal(A, "text", sealed) == "Grüße".encode()
    for owner, field in ((B, "text"), (A, "note"), (PLATFORM, "text")):
        with pytest.raises(SealBroken):
            keys.unseal(owner, field, sealed)
    with pytest.raises(SealBroken):
        keys.unseal(A, "text", sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_running_services_pick_up_a_new_tenant(path: Path) -> None:
    keys = Keys(path)
    assert not keys.has("agencyccc")
    create_tenant_keys(path, "agencyccc")
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 1))
    assert keys.has("agencyccc")
    assert keys.code("agencyccc", "+12025550133")


def test_making_keys_again_changes_none(path: Path) -> None:
    before = Keys(path).code(A, "+12025550133")
    create_tenant_keys(path, A)
    create_platform_keys(path)
    assert Keys(path).code(A, "+12025550133") == before


def test_a_missing_key_says_what_to_do(path: Path) -> None:
    with pytest.raises(NoKeyError, match="no lookup key"):
        Keys(path).code("agencyzzz", "+12025550133")
    with pytest.raises(NoKeyError):
        Keys(path.with_name("absent.json")).code(A, "+12025550133")


def test_nobody_else_reads_the_file(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_half_a_file_is_read_again_when_it_is_whole(path: Path) -> None:
    whole = path.read_text()
    path.write_text(whole[:100])
    stamp = path.stat().st_mtime_ns
    keys = Keys(path)
    with pytest.raises(ValueError, match=r"Expecting|Unterminated|delimiter"):
        keys.has(A)
    path.write_text(whole)
    os.utime(path, ns=(stamp, stamp))  # within one tick of the clock
    assert keys.has(A)


def test_a_seal_under_a_newer_key_is_opened_once_the_file_has_it(path: Path) -> None:
    old = Keys(path)
    assert old.has(A)
    content = json.loads(path.read_text())
    ring = content["tenants"][A]["text"]
    ring.append({**content["tenants"][B]["text"][0], "version": 2})
    path.write_text(json.dumps(content))
    assert old.unseal(A, "text", Keys(path).seal(A, "text", b"hello")) == b"hello"
