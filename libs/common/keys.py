"""Keys of the platform and of each tenant, in one file that lives outside MongoDB.

The file is a mounted secret (`.local/keys.json` in development):

    {"platform": {"sealing": [...]}, "tenants": {"<id>": {"lookup": [...], "text": [...]}}}

Each list holds `{"version": n, "key": base64}` with 32 random bytes; the last one is current.
"""

import base64
import fcntl
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TENANT_USES = ("lookup", "suppression", "text")
PLATFORM = "platform"
_NONCE = 12
_VERSION = 2

Ring = dict[int, bytes]
Content = dict[str, Any]
Stamp = tuple[int, int, int]


class NoKeyError(LookupError):
    """There is no key for this owner and use; `intnet tenant create` makes them."""


class SealBroken(ValueError):
    """Sealed bytes were changed, or belong to another owner or field."""


class Keys:
    """Reads the key file, and again when a key is missing and the file has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: Stamp = (0, 0, 0)
        self._rings: dict[tuple[str, str], Ring] = {}

    def code(self, tenant: str, text: str, use: str = "lookup") -> str:
        """The keyed code of a text (an E.164 number): HMAC-SHA256, its first 16 bytes in hex."""
        ring = self._ring(tenant, use)
        return hmac.digest(ring[max(ring)], text.encode(), "sha256").hex()[:32]

    def seal(self, owner: str, field: str, plain: bytes) -> bytes:
        """AES-256-GCM under the owner's current key: version, nonce, then the sealed bytes."""
        ring = self._ring(owner, _sealing_use(owner))
        version, nonce = max(ring), secrets.token_bytes(_NONCE)
        sealed = AESGCM(ring[version]).encrypt(nonce, plain, _bound(owner, field))
        return version.to_bytes(_VERSION, "big") + nonce + sealed

    def unseal(self, owner: str, field: str, sealed: bytes) -> bytes:
        """The plain bytes. Raises SealBroken, or NoKeyError when the key is gone."""
        version = int.from_bytes(sealed[:_VERSION], "big")
        nonce, body = sealed[_VERSION : _VERSION + _NONCE], sealed[_VERSION + _NONCE :]
        key = self._ring(owner, _sealing_use(owner), version).get(version)
        if key is None:
            raise NoKeyError(f"no {_sealing_use(owner)} key of version {version}")
        try:
            return AESGCM(key).decrypt(nonce, body, _bound(owner, field))
        except InvalidTag:
            raise SealBroken("sealed bytes do not fit this owner and field") from None

    def has(self, tenant: str) -> bool:
        """Whether the tenant has its keys."""
        try:
            return bool(self._ring(tenant, "lookup"))
        except NoKeyError:
            return False

    def _ring(self, owner: str, use: str, version: int | None = None) -> Ring:
        ring = self._rings.get((owner, use))
        if ring is None or (version is not None and version not in ring):
            self._reread()
            ring = self._rings.get((owner, use))
        if ring is None:
            raise NoKeyError(f"the key file has no {use} key for this owner")
        return ring

    def _reread(self) -> None:
        """Where the file has changed; noted once it was read, so that half a file is read again."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return
        stamp = status.st_mtime_ns, status.st_ino, status.st_size
        if stamp != self._stamp:
            self._rings = _rings(_read(self._path))
            self._stamp = stamp


def create_platform_keys(path: Path) -> None:
    """Makes the key file with the platform's own key, unless it has one."""
    with _editing(path) as content:
        content.setdefault(PLATFORM, {}).setdefault("sealing", [_fresh()])


def create_tenant_keys(path: Path, tenant: str) -> None:
    """Makes the tenant's keys, one per use; those that exist stay."""
    with _editing(path) as content:
        uses = content.setdefault("tenants", {}).setdefault(tenant, {})
        for use in TENANT_USES:
            uses.setdefault(use, [_fresh()])


@contextmanager
def _editing(path: Path) -> Iterator[Content]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with Path(f"{path}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        content = _read(path) if path.exists() else {}
        yield content
        fresh = Path(f"{path}.new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(content, out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(path)


def _read(path: Path) -> Content:
    content: Content = json.loads(path.read_text())
    return content


def _rings(content: Content) -> dict[tuple[str, str], Ring]:
    owners = {PLATFORM: content.get(PLATFORM, {}), **content.get("tenants", {})}
    return {
        (owner, use): {e["version"]: base64.b64decode(e["key"]) for e in entries}
        for owner, uses in owners.items()
        for use, entries in uses.items()
    }


def _fresh() -> dict[str, object]:
    return {"version": 1, "key": base64.b64encode(secrets.token_bytes(32)).decode()}


def _sealing_use(owner: str) -> str:
    return "sealing" if owner == PLATFORM else "text"


def _bound(owner: str, field: str) -> bytes:
    return f"{owner}/{field}".encode()
