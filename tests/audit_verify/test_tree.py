"""The tree and its proofs agree with pymerkle, which others wrote, at two hundred sizes."""

import random
from functools import cache

import pytest
from pymerkle import ConsistencyProof, InclusionProof, InmemoryTree

from deploy.audit_verify.proofs import extends, includes
from deploy.audit_verify.tree import consistency_path, inclusion_path, leaf_hash, roots

SIZES = range(1, 201)
ENTRIES = [f"entry {number}".encode() for number in SIZES]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
ROOTS = roots(LEAVES, SIZES)


@pytest.fixture(scope="module")
def theirs() -> InmemoryTree:
    tree = InmemoryTree(algorithm="sha256")
    tree.append_entries(ENTRIES)
    return tree


def test_roots(theirs: InmemoryTree) -> None:
    assert {size: theirs.get_root(size) for size in SIZES} == ROOTS
    assert roots(LEAVES, [0])[0] == InmemoryTree(algorithm="sha256").get_root()
    assert roots(LEAVES[:3], [2, 3, 4]).keys() == {2, 3}


def test_every_inclusion_proof(theirs: InmemoryTree) -> None:
    """Theirs begins with the leaf itself, which RFC 9162 leaves out."""
    for size in SIZES:
        for index in range(size):
            proof: InclusionProof = theirs.prove_inclusion(index + 1, size)
            path = inclusion_path(LEAVES, index, size)
            assert proof.path == [LEAVES[index], *path]
            assert includes(ROOTS[size], size, LEAVES[index], index, path)


@cache
def root_of(start: int, end: int) -> bytes:
    """Their root over some of the entries."""
    tree = InmemoryTree(algorithm="sha256")
    tree.append_entries(ENTRIES[start:end])
    return bytes(tree.get_root())


def subproof(old: int, start: int, end: int, whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162, 2.1.4.1, over their roots."""
    if old == end - start:
        return [] if whole else [root_of(start, end)]
    k = 1
    while k * 2 < end - start:
        k *= 2
    if old <= k:
        return [*subproof(old, start, start + k, whole), root_of(start + k, end)]
    return [*subproof(old - k, start + k, end, False), root_of(start, start + k)]


def test_consistency_proofs(theirs: InmemoryTree) -> None:
    """Their own proofs have a form of their own; that of RFC 9162 is made from their roots."""
    chance = random.Random(9162)
    for new in SIZES:
        for old in {1, new, *chance.choices(range(1, new + 1), k=8)}:
            proof: ConsistencyProof = theirs.prove_consistency(old, new)
            proof.verify(ROOTS[old], ROOTS[new], prior_size=old, later_size=new)
            path = consistency_path(LEAVES, old, new)
            assert path == subproof(old, 0, new, True)
            assert extends(ROOTS[old], old, ROOTS[new], new, path)


def test_a_wrong_inclusion_proof_is_refused() -> None:
    chance = random.Random(1)
    for _ in range(300):
        size = chance.randint(2, 200)
        index = chance.randrange(size)
        path = inclusion_path(LEAVES, index, size)
        root, leaf, other = ROOTS[size], LEAVES[index], chance.randbytes(32)
        assert not includes(other, size, leaf, index, path)
        assert not includes(root, size, other, index, path)
        assert not includes(root, size, leaf, (index + 1) % size, path)
        assert not includes(root, size, leaf, index, path[:-1])
        assert not includes(root, size, leaf, index, [*path, other])
        at = chance.randrange(len(path))
        assert not includes(root, size, leaf, index, [*path[:at], other, *path[at + 1 :]])
        assert not includes(root, size, leaf, size, path)
        assert not includes(root, index, leaf, index, path)


def test_a_wrong_consistency_proof_is_refused() -> None:
    chance = random.Random(2)
    for _ in range(300):
        old, new = sorted(chance.sample(SIZES, 2))
        path = consistency_path(LEAVES, old, new)
        other = chance.randbytes(32)
        assert not extends(other, old, ROOTS[new], new, path)
        assert not extends(ROOTS[old], old, other, new, path)
        assert not extends(ROOTS[new], new, ROOTS[old], old, path)
        assert not extends(ROOTS[old], old, ROOTS[new], new, path[:-1])
        assert not extends(ROOTS[old], old, ROOTS[new], new, [*path, other])
        at = chance.randrange(len(path))
        assert not extends(ROOTS[old], old, ROOTS[new], new, [*path[:at], other, *path[at + 1 :]])
        assert not extends(ROOTS[old], old, other, old, [])


def test_the_edges() -> None:
    assert extends(roots(LEAVES, [0])[0], 0, ROOTS[5], 5, [])
    assert not extends(ROOTS[5], 0, ROOTS[5], 5, [])
    with pytest.raises(IndexError):
        inclusion_path(LEAVES, 5, 5)
    with pytest.raises(IndexError):
        consistency_path(LEAVES, 3, 201)
