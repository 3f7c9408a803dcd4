"""The Merkle tree of RFC 9162 (2.1), with SHA-256: over the entries of a trail, or over ids."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

EMPTY = sha256(b"").digest()


def leaf(entry: bytes) -> bytes:
    """The hash of an entry."""
    return sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Range:
    """What must be known of a tree to add to it: the roots of its full subtrees, largest first.

    A tree of `size` entries has one for each bit that is set in the size.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def adding(self, leaves: Iterable[bytes]) -> "Range":
        """The range of the tree with more leaves."""
        size, peaks = self.size, list(self.peaks)
        for one in leaves:
            top, full = one, size
            while full & 1:
                top, full = node(peaks.pop(), top), full >> 1
            peaks.append(top)
            size += 1
        return Range(size, tuple(peaks))

    @property
    def root(self) -> bytes:
        """The hash over the whole tree."""
        if not self.peaks:
            return EMPTY
        *others, root = self.peaks
        for peak in reversed(others):
            root = node(peak, root)
        return root


def root(leaves: Sequence[bytes]) -> bytes:
    """The hash over a tree of these leaves."""
    return Range().adding(leaves).root


def inclusion(leaves: Sequence[bytes], place: int) -> list[bytes]:
    """The audit path (2.1.3.1) of the leaf at this place, from 0, within all these leaves.

    The work grows with the number of leaves. Raises ValueError where there is no such leaf.
    """
    if not 0 <= place < len(leaves):
        raise ValueError("the tree has no such leaf")
    path: list[bytes] = []
    while len(leaves) > 1:
        split = _split(len(leaves))
        left, right = leaves[:split], leaves[split:]
        if place < split:
            path.append(root(right))
            leaves = left
        else:
            path.append(root(left))
            leaves, place = right, place - split
    return path[::-1]


def consistency(leaves: Sequence[bytes], earlier: int) -> list[bytes]:
    """The proof (2.1.4.1) that the tree of the first `earlier` leaves is part of the whole tree.

    The work grows with the number of leaves. Raises ValueError for a size that it never had.
    """
    if not 0 < earlier <= len(leaves):
        raise ValueError("the tree never had that size")
    path: list[bytes] = []
    whole = True  # whether what is left of the earlier tree is the earlier tree itself
    while earlier < len(leaves):
        split = _split(len(leaves))
        left, right = leaves[:split], leaves[split:]
        if earlier <= split:
            path.append(root(right))
            leaves = left
        else:
            path.append(root(left))
            leaves, earlier, whole = right, earlier - split, False
    return [*([] if whole else [root(leaves)]), *path[::-1]]


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return int(1 << ((size - 1).bit_length() - 1))
