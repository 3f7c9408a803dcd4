"""Checking what somebody gives as a proof: the keys are all that is believed."""

import json
from collections.abc import Sequence
from typing import Any

from .checkpoint import Checkpoint, open_note
from .findings import Code, Finding, Unreadable
from .note import Key, Unsigned
from .proofs import extends, includes
from .records import read_sealed


def check_inclusion(text: bytes, keys: Sequence[Key]) -> Finding | str:
    """What is wrong with a proof, or what it proves. Raises Unreadable."""
    proof = _read(text, "inclusion", ("tenant", "entry", "hash", "checkpoint"))
    record = read_sealed(text, "proof")
    number = record.number or 0
    if record.fault:
        return Finding(
            Code.ALTERED, number, f"entry {number} is not as it was sealed: {record.fault}"
        )
    known = _open(proof, "checkpoint", keys)
    if isinstance(known, Finding):
        return known
    if not includes(known.root, known.size, record.leaf, number - 1, proof["path"]):
        why = f"entry {number} is not in the trail whose {known.size} entries were signed"
        return Finding(Code.ALTERED, number, why)
    return (
        f"entry {number} is in the trail of {known.tenant} whose {known.size} entries were signed"
    )


def check_consistency(text: bytes, keys: Sequence[Key]) -> Finding | str:
    """What is wrong with a proof, or what it proves. Raises Unreadable."""
    proof = _read(text, "consistency", ("tenant", "old", "new"))
    old, new = _open(proof, "old", keys), _open(proof, "new", keys)
    if isinstance(old, Finding):
        return old
    if isinstance(new, Finding):
        return new
    if old.size == new.size and old.root != new.root:
        why = f"two different trails of {old.size} entries were signed: one of them is a lie"
        return Finding(Code.TWO_ROOTS, old.size, why, "checkpoint")
    if not extends(old.root, old.size, new.root, new.size, proof["path"]):
        why = f"the trail of {new.size} entries does not begin with that of {old.size}"
        return Finding(Code.FORK, old.size, why, "checkpoint")
    return f"the trail of {new.size} entries begins with that of {old.size} that was signed before"


def _read(text: bytes, kind: str, names: Sequence[str]) -> dict[str, Any]:
    try:
        proof = json.loads(text)
        path = [bytes.fromhex(step) for step in proof["path"]]
        texts = all(isinstance(proof[name], str) for name in names)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Unreadable(f"this is no proof of {kind}") from None
    if proof.get("proof") != kind or not texts or any(len(step) != 32 for step in path):
        raise Unreadable(f"this is no proof of {kind}")
    return {**proof, "path": path}


def _open(proof: dict[str, Any], name: str, keys: Sequence[Key]) -> Checkpoint | Finding:
    try:
        known = open_note(proof[name], keys)
        if known.tenant != proof["tenant"]:
            raise Unsigned(f"its origin does not end in /{proof['tenant']}")
    except Unsigned as error:
        text = f"the checkpoint of the proof proves nothing: {error}"
        return Finding(Code.BAD_SIGNATURE, 0, text, "checkpoint")
    return known
