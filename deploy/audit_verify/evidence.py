"""Proofs about single entries and sizes, to hand to somebody who does not get the trail."""

from typing import Any

from .findings import Unreadable
from .trail import Trail
from .tree import consistency_path, inclusion_path

Proof = dict[str, Any]


def prove_inclusion(trail: Trail, entry: str, sequence: int) -> Proof:
    """That an entry is in the trail, by the first checkpoint that covers it. Raises Unreadable."""
    covering = [known for known in trail.checkpoints.values() if known.size >= sequence]
    if not 1 <= sequence <= trail.size or not covering:
        raise Unreadable(f"no entry {sequence} here that a checkpoint covers")
    known = min(covering, key=lambda one: one.size)
    path = inclusion_path(trail.chain.leaves, sequence - 1, known.size)
    return {
        "proof": "inclusion",
        "tenant": trail.tenant,
        "sequence": sequence,
        "entry": entry,
        "hash": trail.chain.leaves[sequence - 1].hex(),
        "path": [step.hex() for step in path],
        "checkpoint": known.note,
    }


def prove_consistency(trail: Trail, old: int, new: int) -> Proof:
    """That the trail at one checkpoint begins with that at an older one. Raises Unreadable."""
    by_size = {known.size: known for known in trail.checkpoints.values()}
    for size in (old, new):
        if size not in by_size:
            raise Unreadable(f"no checkpoint of size {size}: there are {sorted(by_size)}")
    if not 0 < old <= new:
        raise Unreadable("the older size comes first, and is not 0")
    path = consistency_path(trail.chain.leaves, old, new)
    return {
        "proof": "consistency",
        "tenant": trail.tenant,
        "path": [step.hex() for step in path],
        "old": by_size[old].note,
        "new": by_size[new].note,
    }
