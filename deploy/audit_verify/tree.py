"""The Merkle tree of RFC 9162, section 2.1, over the hashes of entries."""

import hashlib
from collections.abc import Iterable, Sequence

EMPTY = hashlib.sha256().digest()


def leaf_hash(entry: bytes) -> bytes:
    """What stands for an entry in the tree, 32 bytes (2.1.1)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """What stands for two subtrees, 32 bytes (2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that grows to the right and keeps only the roots of its full subtrees."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self.size = 0
        self._peaks: list[bytes] = []
        for leaf in leaves:
            self.add(leaf)

    def add(self, leaf: bytes) -> None:
        """Appends one leaf."""
        self.size += 1
        node, height = leaf, self.size
        while height % 2 == 0:
            node = node_hash(self._peaks.pop(), node)
            height //= 2
        self._peaks.append(node)

    def root(self) -> bytes:
        """The root at this size; SHA-256 of nothing while it is empty."""
        if not self._peaks:
            return EMPTY
        *others, node = self._peaks
        for peak in reversed(others):
            node = node_hash(peak, node)
        return node


def roots(leaves: Sequence[bytes], sizes: Iterable[int]) -> dict[int, bytes]:
    """The root at each of the sizes that the leaves reach, in one pass."""
    wanted = sorted({size for size in sizes if 0 <= size <= len(leaves)})
    tree, found = Frontier(), {}
    for size in wanted:
        for leaf in leaves[tree.size : size]:
            tree.add(leaf)
        found[size] = tree.root()
    return found


def inclusion_path(leaves: Sequence[bytes], index: int, size: int) -> list[bytes]:
    """The path that leads from leaf `index`, from 0, to the root at `size` (2.1.3.1)."""
    if not 0 <= index < size <= len(leaves):
        raise IndexError(f"no leaf {index} in a tree of {size}, {len(leaves)} being known")
    return _path(leaves[:size], index)


def consistency_path(leaves: Sequence[bytes], old: int, new: int) -> list[bytes]:
    """The path that shows the tree of size `old` to be the start of that of `new` (2.1.4.1)."""
    if not 0 < old <= new <= len(leaves):
        raise IndexError(f"no path from size {old} to {new}, {len(leaves)} being known")
    return _subproof(leaves[:new], old, whole=True)


def _path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    if len(leaves) == 1:
        return []
    left, right = _halves(leaves)
    if index < len(left):
        return [*_path(left, index), Frontier(right).root()]
    return [*_path(right, index - len(left)), Frontier(left).root()]


def _subproof(leaves: Sequence[bytes], old: int, *, whole: bool) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [Frontier(leaves).root()]
    left, right = _halves(leaves)
    if old <= len(left):
        return [*_subproof(left, old, whole=whole), Frontier(right).root()]
    return [*_subproof(right, old - len(left), whole=False), Frontier(left).root()]


def _halves(leaves: Sequence[bytes]) -> tuple[Sequence[bytes], Sequence[bytes]]:
    """At the largest power of two that is smaller than the number of leaves."""
    middle = 1 << ((len(leaves) - 1).bit_length() - 1)
    return leaves[:middle], leaves[middle:]
