"""Signs like Telnyx: Ed25519 over `timestamp|raw body`, both headers as Telnyx sends them."""

import json
import os
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Literal, Self

from nacl.signing import SigningKey

Signature = Literal["good", "wrong", "old", "missing", "doubled"]
Headers = list[tuple[str, str]]

SIGNATURE = "telnyx-signature-ed25519"
TIMESTAMP = "telnyx-timestamp"
_OLD = 3600


class Signer:
    """A test key pair, kept in a file that only its owner reads."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key

    @classmethod
    def of(cls, file: Path) -> Self:
        """Reads the key file, or makes one: `{"private": …, "public": …}`, 32 bytes in base64."""
        try:
            pair = json.loads(file.read_text())
        except FileNotFoundError:
            return cls._made(file)
        return cls(SigningKey(b64decode(pair["private"], validate=True)))

    @classmethod
    def _made(cls, file: Path) -> Self:
        signer = cls(SigningKey.generate())
        pair = {"private": b64encode(bytes(signer._key)).decode(), "public": signer.public}
        file.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w") as out:
            json.dump(pair, out)
        return signer

    @property
    def public(self) -> str:
        """The public key as Mission Control shows it."""
        return b64encode(bytes(self._key.verify_key)).decode()

    def sign(self, body: bytes, seconds: int) -> str:
        """The signature header for a body sent at this Unix time."""
        return b64encode(self._key.sign(b"%d|%b" % (seconds, body)).signature).decode()

    def headers(self, body: bytes, seconds: int, how: Signature = "good") -> Headers:
        """Both headers, good or spoiled in the way asked for."""
        if how == "missing":
            return []
        if how == "old":
            seconds -= _OLD
        signature = self.sign(body if how != "wrong" else body + b" ", seconds)
        found = [(SIGNATURE, signature), (TIMESTAMP, str(seconds))]
        return found + found if how == "doubled" else found
