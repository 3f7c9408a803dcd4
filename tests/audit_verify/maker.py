"""Makes trails as a sealer would, from the formats' own documents and with no code of ours."""

import base64
import hashlib
import json
import random
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TENANT = "t1aaaaaa"
ORIGIN = f"audit.example/{TENANT}"
SOURCES = ("consent", "gateway", "matcher", "messaging")
ACTIONS = ("message.blocked", "consent.granted", "access.read", "session.signed_in")

Line = dict[str, Any]


def written(fields: Line) -> str:
    """JSON as RFC 8785 has it, for what has no floats and only plain keys."""
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def leaf(entry: str) -> bytes:
    return hashlib.sha256(b"\0" + entry.encode()).digest()


def root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, as it is defined there."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + root(leaves[:k]) + root(leaves[k:])).digest()


@dataclass
class Signer:
    """A note key with its name."""

    name: str = ORIGIN
    private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def coded(self) -> bytes:
        return b"\x01" + self.private.public_key().public_bytes_raw()

    @property
    def number(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + self.coded).digest()[:4]

    @property
    def verifier(self) -> str:
        return f"{self.name}+{self.number.hex()}+{base64.b64encode(self.coded).decode()}"

    def line(self, text: str, number: bytes | None = None) -> str:
        signature = (number or self.number) + self.private.sign(text.encode())
        return f"— {self.name} {base64.b64encode(signature).decode()}\n"


@dataclass
class Made:
    """A trail: the data of its events, in order."""

    signer: Signer
    entries: list[Line] = field(default_factory=list)
    checkpoints: list[Line] = field(default_factory=list)
    tenant: str = TENANT

    @property
    def leaves(self) -> list[bytes]:
        return [leaf(line["entry"]) for line in self.entries]

    def fields(self, sequence: int) -> Line:
        return dict(json.loads(self.entries[sequence - 1]["entry"]))

    def counted(self, source: str) -> int:
        """The last number of a source."""
        found = (self.fields(n) for n in range(1, len(self.entries) + 1))
        return max((f["source_seq"] for f in found if f["source"] == source), default=0)

    def seal(self, source: str, source_seq: int, **more: Any) -> None:
        sequence = len(self.entries) + 1
        fields = {
            "v": 1,
            "tenant": self.tenant,
            "sequence": sequence,
            "prev": self.entries[-1]["hash"] if self.entries else "0" * 64,
            "time": f"2026-05-21T09:{sequence // 60 % 60:02}:{sequence % 60:02}.120000Z",
            "source": source,
            "source_seq": source_seq,
            "action": ACTIONS[sequence % len(ACTIONS)],
            "actor": "user:usr_0d5f7a3c",
            "outcome": "done",
            "person": None,
            "object": f"msg_{sequence:08x}",
            "reason": "no_consent" if sequence % 3 else "“لا” \n\u0001",
            "facts": {"parts": sequence, "first": sequence == 1},
        }
        self.entries.append(sealed(fields | more))

    def checkpoint(self, size: int | None = None, signer: Signer | None = None) -> Line:
        """Signs the state at a size, and adds it."""
        size = len(self.entries) if size is None else size
        line = signed(signer or self.signer, size, root(self.leaves[:size]), self.tenant)
        self.checkpoints.append(line)
        return line


def sealed(fields: Line) -> Line:
    entry = written(fields)
    beside = {"tenant": fields["tenant"], "sequence": fields["sequence"]}
    return beside | {"entry": entry, "hash": leaf(entry).hex()}


def signed(
    signer: Signer, size: int, top: bytes, tenant: str = TENANT, number: bytes | None = None
) -> Line:
    coded = base64.b64encode(top).decode()
    text = f"audit.example/{tenant}\n{size}\n{coded}\n"
    note = f"{text}\n{signer.line(text, number)}"
    at = "2026-05-21T10:00:00.000000Z"
    return {"tenant": tenant, "size": size, "root": coded, "note": note, "at": at}


def trail(chance: random.Random, length: int, skip: int | None = None) -> Made:
    """Sources take turns by chance; a checkpoint every few entries, and one over all.

    The source of entry `skip` leaves out a number of its own before it.
    """
    made, counted = Made(Signer()), dict.fromkeys(SOURCES, 0)
    for sequence in range(1, length + 1):
        source = chance.choice(SOURCES)
        counted[source] += 2 if sequence == skip else 1
        made.seal(source, counted[source])
        if sequence == length or chance.random() < 0.1:
            made.checkpoint()
    return made
