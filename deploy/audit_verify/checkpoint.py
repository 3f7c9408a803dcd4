"""C2SP tlog-checkpoints: what was signed about a trail, and what is claimed beside it."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from .note import Key, Unsigned, signed_text
from .records import data_of

_SIZE = re.compile(r"0|[1-9][0-9]{0,15}")
_HASH_BYTES = 32


@dataclass(frozen=True)
class Checkpoint:
    """The root of a tenant's trail at one size, signed by a known key."""

    origin: str
    size: int
    root: bytes
    note: str

    @property
    def tenant(self) -> str:
        """The last part of the origin."""
        return tenant_of(self.origin)


@dataclass(frozen=True)
class Claim:
    """A record of a checkpoint before anybody looked at the signature. `note` alone is signed."""

    place: str
    note: str
    tenant: str | None = None
    size: int | None = None
    root: str | None = None

    def is_of(self, tenant: str) -> bool:
        """Whether it says so, inside or outside; what says nothing may be anybody's."""
        nothing = self.tenant is None and not self.note
        return nothing or tenant in (self.tenant, tenant_of(self.note.partition("\n")[0]))

    def signed(self, keys: Sequence[Key]) -> Checkpoint:
        """The checkpoint. Raises Unsigned, also where what stands beside the note differs."""
        found = open_note(self.note, keys)
        beside = (
            (self.tenant, (found.tenant,)),
            (self.size, (found.size,)),
            (self.root, (base64.b64encode(found.root).decode(), found.root.hex())),
        )
        if any(said is not None and said not in signed for said, signed in beside):
            raise Unsigned("what stands beside its note is not what was signed")
        return found


def read_claim(line: bytes, place: str) -> Claim:
    """A line of checkpoints. Where it is none, its note is empty, which nobody signed."""
    data = data_of(line)
    tenant, size, root, note = (data.get(name) for name in ("tenant", "size", "root", "note"))
    texts = all(isinstance(value, str) for value in (tenant, root, note))
    if texts and type(size) is int:
        return Claim(place, str(note), tenant, size, root)
    return Claim(place, "", tenant if isinstance(tenant, str) else None)


def open_note(note: str, keys: Sequence[Key]) -> Checkpoint:
    """The checkpoint in a note. Raises Unsigned.

    The log itself must have signed it: the name of its key is the origin. Another log's key says
    nothing about this one, though it may be known.
    """
    origin = note.partition("\n")[0]
    lines = signed_text(note, keys, by=origin).removesuffix("\n").split("\n")
    if len(lines) < 3 or not all(lines) or not _SIZE.fullmatch(lines[1]):
        raise Unsigned("its text is no checkpoint")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except ValueError:
        root = b""
    if len(root) != _HASH_BYTES:
        raise Unsigned("its root is none")
    return Checkpoint(lines[0], int(lines[1]), root, note)


def tenant_of(origin: str) -> str:
    """The trail that an origin names: `t1aaaaaa` of `example.com/audit/t1aaaaaa`."""
    return origin.rpartition("/")[2]
