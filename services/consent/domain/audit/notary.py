"""Checkpoints: a C2SP tlog-checkpoint as a C2SP signed note, with Ed25519."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Protocol

ED25519 = b"\x01"


class SigningKey(Protocol):
    """A key pair, of which an old one may only verify any more."""

    @property
    def public(self) -> bytes:
        """32 bytes."""

    @property
    def not_before(self) -> datetime:
        """From when on it signs."""

    @property
    def not_after(self) -> datetime | None:
        """Until when it signed; None for the one that signs now."""

    def sign(self, message: bytes) -> bytes:
        """The signature of 64 bytes (RFC 8032)."""


@dataclass(frozen=True)
class Published:
    """A public key as verifiers take it (C2SP signed-note, verifier keys)."""

    key: str
    not_before: datetime
    not_after: datetime | None


@dataclass(frozen=True)
class Notary:
    """Signs for each tenant under the name `<origin>/<tenant>`, which is the log's origin too."""

    origin: str
    keys: Callable[[], Sequence[SigningKey]]

    def name(self, tenant: str) -> str:
        """The name of the tenant's log."""
        return f"{self.origin}/{tenant}"

    def checkpoint(self, tenant: str, size: int, root: bytes) -> str:
        """The signed note over a tree. The last key signs."""
        name, key = self.name(tenant), self.keys()[-1]
        text = f"{name}\n{size}\n{in_base64(root)}\n"
        signature = key_id(name, key.public) + key.sign(text.encode())
        return f"{text}\n— {name} {in_base64(signature)}\n"

    def published(self, tenant: str) -> list[Published]:
        """The tenant's verifier keys, the oldest first."""
        name = self.name(tenant)
        return [
            Published(verifier_key(name, key.public), key.not_before, key.not_after)
            for key in self.keys()
        ]


def key_id(name: str, public: bytes) -> bytes:
    """Four bytes that tell keys of one name apart (C2SP signed-note, Ed25519)."""
    return sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def verifier_key(name: str, public: bytes) -> str:
    """`<name>+<key id in hex>+<type and key in base64>`."""
    return f"{name}+{key_id(name, public).hex()}+{in_base64(ED25519 + public)}"


def in_base64(raw: bytes) -> str:
    """As notes and keys have it (RFC 4648, 4)."""
    return base64.b64encode(raw).decode()
