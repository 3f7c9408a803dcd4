"""C2SP signed notes with Ed25519 keys: a text, a blank line, signature lines."""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_ED25519 = b"\x01"
_DASH = "\u2014 "
_MOST_SIGNATURES = 64


class Unsigned(Exception):
    """No known key signed this note as it stands; the message says what is wrong."""


@dataclass(frozen=True)
class Key:
    """A verifier key: `<name>+<8 hex digits>+<base64 of a byte 01 and 32 bytes>`."""

    name: str
    number: bytes
    public: bytes

    @classmethod
    def parse(cls, line: str) -> "Key":
        """Raises ValueError, also where the digits are not those of the name and the key."""
        name, number, text = line.split("+", 2)
        coded = base64.b64decode(text, validate=True)
        if not name or any(map(str.isspace, name)) or len(coded) != 33 or coded[:1] != _ED25519:
            raise ValueError("no Ed25519 verifier key")
        key = cls(name, bytes.fromhex(number), coded[1:])
        if key.number != hashlib.sha256(name.encode() + b"\n" + coded).digest()[:4]:
            raise ValueError("its id is not that of its name and key")
        return key

    def signed(self, text: str, signature: bytes) -> bool:
        """Whether this key made the signature over this text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


def keys_of(lines: Iterable[str]) -> list[Key]:
    """The keys of a file with one a line; blank lines and `#` are passed over."""
    return [Key.parse(line.strip()) for line in lines if line.strip() and line[0] != "#"]


def signed_text(note: str, keys: Sequence[Key], by: str | None = None) -> str:
    """The text, once a known key is found to have signed it and none of them denies it.

    With `by`, only a key of that name has a say in favour. Raises Unsigned.
    """
    text, signatures = _parts(note)
    known = 0
    for name, number, signature in signatures:
        for key in keys:
            if (key.name, key.number) == (name, number):
                known += by in (None, key.name)
                if not key.signed(text, signature):
                    raise Unsigned(f"the signature of {name} is not over this text")
    if not known:
        raise Unsigned("none of the known keys signed it")
    return text


def _parts(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    text, blank, block = note.rpartition("\n\n")
    if not blank or not block.endswith("\n") or any(c < " " and c != "\n" for c in note):
        raise Unsigned("it is no signed note")
    lines = block.removesuffix("\n").split("\n")
    if len(lines) > _MOST_SIGNATURES:
        raise Unsigned(f"it has more than {_MOST_SIGNATURES} signatures")
    return text + "\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes, bytes]:
    try:
        name, text = line.removeprefix(_DASH).split(" ")
        coded = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise Unsigned("a signature line cannot be read") from None
    if not line.startswith(_DASH) or len(coded) < 5:
        raise Unsigned("a signature line cannot be read")
    return name, coded[:4], coded[4:]
