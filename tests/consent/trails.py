"""Notes to be sealed, and trails to be judged by the documents of the formats alone."""

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from libs.common.events import AuditNoted, Note, TenantSaved
from services.consent.store import Store
from tests.consent.given import NOON
from tests.support.http import Harness

KEYS = {
    "v", "tenant", "sequence", "prev", "time", "source", "source_seq",
    "action", "actor", "outcome", "person", "object", "reason", "facts",
}  # fmt: skip


def noted(seq: int, tenant: str = "agencyaaa", source: str = "gateway", **told: Any) -> AuditNoted:
    ident = told.pop("note_id", None)
    note = Note(**{"action": "session.signed_in", "actor": "user:usr_1", **told})
    beside = {"source": source, "source_seq": seq, "at": NOON, "note_id": ident}
    return AuditNoted(tenant=tenant, note=note, **beside)


async def seal(house: Harness[Store], agency: TenantSaved, notes: Sequence[AuditNoted]) -> None:
    async def body(store: Store, work: Any) -> None:
        await store.audit.seal(notes, work.now)

    await house.units.apart(agency, body)


async def entries(store: Store) -> list[dict[str, Any]]:
    """The entries, once the chain is found whole."""
    prev, read = "0" * 64, list[dict[str, Any]]()
    async for kept in store.audit.entries.every():
        entry = json.loads(kept.entry)
        assert entry.keys() == KEYS
        assert rfc8785.dumps(entry) == kept.entry.encode()
        assert kept.hash == hashlib.sha256(b"\0" + kept.entry.encode()).hexdigest()
        assert (entry["prev"], entry["sequence"]) == (prev, kept.sequence)
        assert kept.sequence == len(read) + 1
        prev = kept.hash
        read.append(entry)
    return read


def mth(leaves: Sequence[bytes]) -> bytes:
    """MTH as RFC 9162, 2.1.1, defines it."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def opened(note: str, verifier_key: str) -> tuple[str, int, bytes]:
    """Origin, size and root of a note that this key signed (C2SP signed-note)."""
    name, number, coded = verifier_key.split("+", 2)
    raw = base64.b64decode(coded)
    assert raw[:1] == b"\x01"
    assert number == hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8]
    text, _, line = note.rpartition("\n\n")
    dash, signer, signature = line.removesuffix("\n").split(" ")
    signed = base64.b64decode(signature)
    assert (dash, signer, signed[:4].hex()) == ("—", name, number)
    Ed25519PublicKey.from_public_bytes(raw[1:]).verify(signed[4:], f"{text}\n".encode())
    origin, size, root = text.split("\n")
    return origin, int(size), base64.b64decode(root)


def numbers(entries: Iterable[dict[str, Any]], source: str) -> list[int]:
    return [entry["source_seq"] for entry in entries if entry["source"] == source]
