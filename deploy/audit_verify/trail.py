"""A tenant's trail held against its checkpoints."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from .chain import Chain
from .checkpoint import Checkpoint, Claim
from .findings import Code, Finding, decisive
from .note import Key, Unsigned
from .records import Sealed
from .tree import roots


class Trail:
    """What is known of one tenant's trail; `judge` says what is wrong with it."""

    def __init__(self, tenant: str, keys: Sequence[Key]) -> None:
        self.tenant = tenant
        self.chain = Chain(tenant)
        self.checkpoints: dict[tuple[int, bytes], Checkpoint] = {}
        self.findings: list[Finding] = []
        self.witnessed: int | None = None
        self._keys = keys
        self._held: dict[int, bytes] = {}
        self._last_claimed = 0

    @property
    def size(self) -> int:
        """Entries that are in order."""
        return len(self.chain.leaves)

    @property
    def newest(self) -> Checkpoint | None:
        """The checkpoint of the greatest size."""
        return max(self.checkpoints.values(), key=lambda known: known.size, default=None)

    def take(self, records: Sequence[Sealed], claims: Sequence[Claim]) -> list[Sealed]:
        """Adds what lies in a file or topic, in its order; returns the entries that were new."""
        new = self.chain.take([record for record in records if record.is_of(self.tenant)])
        for claim in claims:
            if claim.is_of(self.tenant):
                self._open(claim)
        return new

    def remember(self, note: str, place: str) -> Checkpoint | None:
        """Adds a checkpoint that was kept elsewhere; None where it proves nothing."""
        known = self._open(Claim(place, note))
        if known:
            self.witnessed = max(known.size, self.witnessed or 0)
        return known

    def judge(self) -> list[Finding]:
        """All that is wrong; the one that decides is first."""
        counted = self.chain.counting.findings()
        found = [*self.findings, *counted, *self._two_roots(), *self._against_roots()]
        if self.chain.broken:
            found.append(self.chain.broken)
        first = decisive(found)
        return [first, *(one for one in found if one is not first)] if first else []

    def _open(self, claim: Claim) -> Checkpoint | None:
        said = claim.size if claim.size is not None else self._last_claimed + 1
        try:
            known = claim.signed(self._keys)
            if known.tenant != self.tenant:
                raise Unsigned(f"its origin does not end in /{self.tenant}")
        except Unsigned as error:
            text = f"the checkpoint of size {said} ({claim.place}) proves nothing: {error}"
            self.findings.append(Finding(Code.BAD_SIGNATURE, said, text, "checkpoint"))
            return None
        self._last_claimed = known.size
        return self.checkpoints.setdefault((known.size, known.root), known)

    def _two_roots(self) -> Iterator[Finding]:
        for size, signed in self._by_size().items():
            if len(signed) > 1:
                text = f"two different trails of {size} entries were signed: one of them is a lie"
                yield Finding(Code.TWO_ROOTS, size, text, "checkpoint")

    def _against_roots(self) -> Iterator[Finding]:
        """The first checkpoint that the entries do not lead to, or do not reach."""
        once = {size: signed[0] for size, signed in self._by_size().items() if len(signed) == 1}
        self._held |= roots(self.chain.leaves, once.keys() - self._held.keys())
        good, broken = 0, self.chain.broken
        for size in sorted(once):
            if broken and size >= broken.number:
                return
            if size > self.size:
                yield _short(self.size, size)
                return
            if self._held[size] != once[size].root:
                yield _unlike(good + 1, size)
                return
            good = size

    def _by_size(self) -> dict[int, list[Checkpoint]]:
        grouped: defaultdict[int, list[Checkpoint]] = defaultdict(list)
        for known in self.checkpoints.values():
            grouped[known.size].append(known)
        return grouped


def _short(have: int, size: int) -> Finding:
    text = f"entries {have + 1} to {size} were signed and are not here: the end was cut off"
    return Finding(Code.SHORT, have + 1, text)


def _unlike(first: int, size: int) -> Finding:
    text = f"one of the entries {first} to {size} is not that over which size {size} was signed"
    return Finding(Code.ALTERED, first, text)
