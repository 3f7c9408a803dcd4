"""Is this really from Telnyx? Ed25519 over `timestamp|raw body`.

Source: Telnyx, "Webhook fundamentals". Telnyx names no key and has no rotation protocol, so
several keys may be in force at once, and the caller learns which one matched.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

SIGNATURE = b"telnyx-signature-ed25519"
TIMESTAMP = b"telnyx-timestamp"
TOLERANCE = 300
"""Seconds that the timestamp may lie behind or ahead of us; the value of Telnyx's own SDKs."""

_SECONDS = re.compile(rb"[0-9]{1,12}")


class Flaw(StrEnum):
    """Why a request is refused: for the metric, never for the outside."""

    MISSING = "missing"
    DOUBLED = "doubled"
    MALFORMED = "malformed"
    STALE = "stale"
    FUTURE = "future"
    MISMATCH = "mismatch"


class Unsigned(Exception):
    """The request does not prove that it comes from Telnyx."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


@dataclass(frozen=True)
class PublicKey:
    """A key of a Telnyx account, in force in `[active_from, retired_at)`."""

    name: str
    verifier: VerifyKey
    active_from: datetime | None = None
    retired_at: datetime | None = None

    @classmethod
    def of(
        cls,
        text: str,
        *,
        active_from: datetime | None = None,
        retired_at: datetime | None = None,
    ) -> Self:
        """Reads 32 raw bytes in base64; `name` is the first eight characters of the text.

        Raises ValueError where the text is no such key.
        """
        raw = _decoded(text.encode(), 32)
        if raw is None:
            raise ValueError(
                "a Telnyx public key is 32 bytes in base64: copy it from Mission Control, "
                "Keys & Credentials, Public Key"
            )
        return cls(text[:8], VerifyKey(raw), active_from, retired_at)

    def in_force(self, at: datetime) -> bool:
        """Whether it counts at this moment."""
        begun = self.active_from is None or self.active_from <= at
        return begun and (self.retired_at is None or at < self.retired_at)


def verify(
    headers: Iterable[tuple[bytes, bytes]],
    body: bytes,
    keys: Iterable[PublicKey],
    now: datetime,
) -> PublicKey:
    """The key that signed this body.

    `headers` are the raw pairs of the request, duplicates included; `body` is the raw body.
    Raises Unsigned.
    """
    pairs = [(name.lower(), value) for name, value in headers]
    encoded, timestamp = _single(pairs, SIGNATURE), _single(pairs, TIMESTAMP)
    signature = _decoded(encoded, 64)
    if signature is None or not _SECONDS.fullmatch(timestamp):
        raise Unsigned(Flaw.MALFORMED)
    _check_age(now.timestamp() - int(timestamp))
    for key in keys:
        if key.in_force(now) and _signed(key, timestamp + b"|" + body, signature):
            return key
    raise Unsigned(Flaw.MISMATCH)


def _single(headers: list[tuple[bytes, bytes]], name: bytes) -> bytes:
    values = [value for key, value in headers if key == name]
    if not values:
        raise Unsigned(Flaw.MISSING)
    if len(values) > 1:
        raise Unsigned(Flaw.DOUBLED)
    return values[0]


def _decoded(text: bytes, size: int) -> bytes | None:
    """Canonical base64 of exactly `size` bytes, else None."""
    try:
        raw = b64decode(text, validate=True)
    except NotBase64:
        return None
    return raw if len(raw) == size and b64encode(raw) == text else None


def _check_age(seconds: float) -> None:
    if seconds > TOLERANCE:
        raise Unsigned(Flaw.STALE)
    if seconds < -TOLERANCE:
        raise Unsigned(Flaw.FUTURE)


def _signed(key: PublicKey, message: bytes, signature: bytes) -> bool:
    try:
        key.verifier.verify(message, signature)
    except BadSignatureError:
        return False
    return True
