"""The key file: codes, seals, and what may not be opened."""

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
