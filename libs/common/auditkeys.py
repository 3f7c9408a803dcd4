"""The keys that checkpoints of the audit are signed with, in a file outside MongoDB.

The file is a mounted secret. Its last key signs; those before it have lost their private half and
stay so that what they signed can be verified.
"""

from pathlib import Path
from typing import Annotated

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from libs.common import clock
from libs.common.principal.keyfile import BadKeyFile, read, replace, stamp

Half = Annotated[bytes, Field(min_length=32, max_length=32)]

_FORM = ConfigDict(
    frozen=True,
    extra="forbid",
    hide_input_in_errors=True,
    ser_json_bytes="base64",
    val_json_bytes="base64",
)


class AuditKey(BaseModel):
    """A key pair; `private` is None once another one signs, from `not_after` on."""

    model_config = _FORM

    public: Half
    private: Half | None = Field(repr=False)
    not_before: AwareDatetime
    not_after: AwareDatetime | None = None

    def sign(self, message: bytes) -> bytes:
        """An Ed25519 signature (RFC 8032). Raises BadKeyFile for a key that only verifies."""
        if self.private is None:
            raise BadKeyFile("The last key of the audit key file has no private half.")
        return Ed25519PrivateKey.from_private_bytes(self.private).sign(message)


class _File(BaseModel):
    model_config = _FORM

    keys: list[AuditKey] = Field(min_length=1)


class AuditKeys:
    """Reads the file, and again when it has changed. Raises BadKeyFile where it cannot be used."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stamp = stamp(file)
        self._keys = read(_File, file).keys

    def __call__(self) -> list[AuditKey]:
        """All keys, the oldest first; the last one signs."""
        now = stamp(self._file)
        if now != self._stamp:
            self._keys, self._stamp = read(_File, self._file).keys, now
        return self._keys


def create(file: Path) -> bool:
    """Makes the file with a first key, unless it is there; says whether it was made.

    Raises BadKeyFile where it is there and cannot be used.
    """
    if file.exists():
        read(_File, file)
        return False
    replace(file, _File(keys=[_fresh()]), mode=0o600)
    return True


def rotate(file: Path) -> None:
    """Adds a key that signs from now on; the private half of the one before is dropped.

    Raises BadKeyFile.
    """
    *older, last = read(_File, file).keys
    fresh = _fresh()
    retired = last.model_copy(update={"private": None, "not_after": fresh.not_before})
    replace(file, _File(keys=[*older, retired, fresh]), mode=0o600)


def _fresh() -> AuditKey:
    private = Ed25519PrivateKey.generate()
    return AuditKey(
        public=private.public_key().public_bytes_raw(),
        private=private.private_bytes_raw(),
        not_before=clock.now(),
    )
