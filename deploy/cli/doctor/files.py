"""The files of this machine: keys, who may read them, and whether the disk has room."""

import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from deploy.cli.doctor.finding import Finding, fail, ok, unset, warn
from deploy.cli.failures import Misused, using
from deploy.cli.settings import Settings
from libs.common.auditkeys import AuditKeys
from libs.common.keys import PLATFORM, Keys, NoKeyError
from libs.common.principal.keyfile import KeySet, PrivateKey, read

LITTLE, TOO_LITTLE = 0.10, 0.02
"""Shares of a disk that are free."""


def keys(told: Settings) -> Iterator[Finding]:
    """Whether each key file is there, holds keys, and is nobody else's to read."""
    yield _private("keys", "KEYS_FILE", told.keys_file, _platform)
    yield _private("gateway key", "GATEWAY_SIGNING_KEY_FILE", told.gateway_key_file, _signer)
    yield _private("operator key", "INTNET_OPERATOR_KEY_FILE", told.operator_key_file, _signer)
    yield _private("audit key", "CONSENT_AUDIT_KEY_FILE", told.audit_key_file, _audit)
    yield _public(told)


def disk(told: Settings) -> Finding:
    """Of the disk that the keys lie on, as all of the local stack does."""
    folder = told.keys_file.parent if told.keys_file else Path()
    try:
        room = shutil.disk_usage(folder)
    except OSError as error:
        return warn("disk", f"{folder}: {error.strerror}", "Look whether it is mounted.")
    said = f"{room.free / 1e9:.1f} GB of {room.total / 1e9:.0f} are free at {folder}"
    more = "Make room, or give it more: Kafka and MongoDB stop writing before it is full."
    if room.free < TOO_LITTLE * room.total:
        return fail("disk", said, more)
    return warn("disk", said, more) if room.free < LITTLE * room.total else ok("disk", said)


def _private(check: str, variable: str, file: Path | None, load: Callable[[Path], Any]) -> Finding:
    if file is None:
        return unset(check, variable)
    if fault := _unusable(file, load):
        return fail(check, fault, "intnet keys init makes what is missing; else mount the secret.")
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & (stat.S_IRWXO | stat.S_IWGRP):
        return warn(check, f"{file} is open to others ({mode:o})", f"chmod 600 {file}")
    return ok(check, f"{file} ({mode:o})")


def _public(told: Settings) -> Finding:
    if told.jwks_file is None:
        return unset("public keys", "JWKS_FILE")
    if fault := _unusable(told.jwks_file, lambda file: read(KeySet, file)):
        return fail("public keys", fault, "intnet keys init publishes what is missing.")
    issuers = {key.iss for key in read(KeySet, told.jwks_file).keys}
    if lacking := {"gateway", "operator"} - issuers:
        said = f"{told.jwks_file} has no key of {', '.join(sorted(lacking))}"
        return fail("public keys", said, "intnet keys init publishes what is missing.")
    return ok("public keys", f"{told.jwks_file}")


def _unusable(file: Path, load: Callable[[Path], Any]) -> str | None:
    try:
        with using(file):
            load(file)
    except Misused as misused:
        return str(misused).removesuffix(".")
    return None


def _platform(file: Path) -> None:
    file.read_bytes()  # says why, where it cannot be read
    try:
        Keys(file).seal(PLATFORM, "doctor", b"")
    except NoKeyError as error:
        raise ValueError from error


def _signer(file: Path) -> None:
    read(PrivateKey, file)


def _audit(file: Path) -> None:
    AuditKeys(file)
