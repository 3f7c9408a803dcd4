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
    return [root(leaves[part.start : part.stop]) for part in inclusion_parts(len(leaves), place)]


def inclusion_parts(size: int, place: int) -> list[range]:
    """The leaves over which each hash of that path is, so that not all need be held at once."""
    if not 0 <= place < size:
        raise ValueError("the tree has no such leaf")
    parts, start, stop = list[range](), 0, size
    while stop - start > 1:
        split = start + _split(stop - start)
        if place < split:
            parts.append(range(split, stop))
            stop = split
        else:
            parts.append(range(start, split))
            start = split
    return parts[::-1]


def consistency(leaves: Sequence[bytes], earlier: int) -> list[bytes]:
    """The proof (2.1.4.1) that the tree of the first `earlier` leaves is part of the whole tree.

    The work grows with the number of leaves. Raises ValueError for a size that it never had.
    """
    parts = consistency_parts(len(leaves), earlier)
    return [root(leaves[part.start : part.stop]) for part in parts]


def consistency_parts(size: int, earlier: int) -> list[range]:
    """The leaves over which each hash of that proof is."""
    if not 0 < earlier <= size:
        raise ValueError("the tree never had that size")
    parts, start, stop = list[range](), 0, size
    while earlier < stop:
        split = start + _split(stop - start)
        if earlier <= split:
            parts.append(range(split, stop))
            stop = split
        else:
            parts.append(range(start, split))
            start = split
    # What is left of the earlier tree: known to who has its root, where it is all of it.
    return [*([range(start, stop)] if start else []), *parts[::-1]]


class Parts:
    """The hashes over parts of a tree, of leaves that come in order, a portion at a time."""

    def __init__(self, parts: Sequence[range]) -> None:
        self._parts = parts
        self._trees = [Range() for _ in parts]
        self._size = 0

    def add(self, leaves: Sequence[bytes]) -> None:
        """The next leaves."""
        for place, part in enumerate(self._parts):
            first, last = max(part.start - self._size, 0), part.stop - self._size
            if first < len(leaves) and last > first:
                self._trees[place] = self._trees[place].adding(leaves[first:last])
        self._size += len(leaves)

    def roots(self) -> list[bytes]:
        """In the order of the parts."""
        return [tree.root for tree in self._trees]


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return int(1 << ((size - 1).bit_length() - 1))
