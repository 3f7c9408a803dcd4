"""One line of a trail: a sealed entry, or a checkpoint, as CloudEvent or as its data alone."""

import json
from dataclasses import dataclass, field
from typing import Any

import rfc8785

from .findings import Unreadable
from .tree import leaf_hash

VERSION = 1
_NEEDED: dict[str, type] = {
    "v": int,
    "tenant": str,
    "sequence": int,
    "prev": str,
    "source": str,
    "source_seq": int,
}


@dataclass(frozen=True, slots=True)
class Sealed:
    """An entry, what stands beside it, and what is wrong with the two by themselves.

    `fields` are those on which the chain rests, once the hash holds.
    """

    place: str
    tenant: str | None = None
    sequence: int | None = None
    entry: str = ""
    leaf: bytes = b""
    fields: dict[str, Any] = field(default_factory=dict)
    fault: str | None = None

    @property
    def number(self) -> int | None:
        """Its sequence number: its own where its hash holds, else the one beside it."""
        return self.fields.get("sequence", self.sequence)

    def is_of(self, tenant: str) -> bool:
        """Whether it says so, inside or outside; what says nothing may be anybody's."""
        return self.tenant is None or tenant in (self.tenant, self.fields.get("tenant"))


def read_sealed(line: bytes, place: str) -> Sealed:
    """A line of entries. What cannot be read has a `fault`.

    Raises Unreadable for an entry of a version that this program does not know.
    """
    data = data_of(line)
    tenant, sequence = _text(data, "tenant"), _number(data, "sequence")
    entry, written = _text(data, "entry"), _text(data, "hash")
    if tenant is None or sequence is None or entry is None or written is None:
        return Sealed(place, tenant, sequence, fault="it cannot be read as an entry")
    try:
        leaf = leaf_hash(entry.encode())
    except UnicodeEncodeError:
        return Sealed(place, tenant, sequence, fault="its text is no Unicode")
    if leaf.hex() != written:
        return Sealed(
            place, tenant, sequence, entry, leaf, fault="its hash is not that of its text"
        )
    fields, fault = _fields(entry)
    if not fault and (fields["tenant"], fields["sequence"]) != (tenant, sequence):
        fault = "the tenant or the number that stands beside its text is not that in it"
    return Sealed(place, tenant, sequence, entry, leaf, fields, fault)


def _fields(entry: str) -> tuple[dict[str, Any], str | None]:
    try:
        fields = json.loads(entry)
        canonical = isinstance(fields, dict) and rfc8785.dumps(fields) == entry.encode()
    except (ValueError, RecursionError):
        return {}, "its text is no JSON that RFC 8785 can write"
    if not canonical:
        return {}, "its text is not canonical JSON (RFC 8785)"
    for name, kind in _NEEDED.items():
        if type(fields.get(name)) is not kind:
            return {}, f"its text has no {name} of the right type"
    if fields["v"] != VERSION:
        raise Unreadable(f"entries of version {fields['v']} need a newer program than this one")
    return {name: fields[name] for name in _NEEDED}, None


def data_of(line: bytes) -> dict[str, Any]:
    """The data of a CloudEvent, or the object itself; empty where it is neither."""
    try:
        read = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    if isinstance(read, dict) and "specversion" in read:
        read = read.get("data")
    return read if isinstance(read, dict) else {}


def _text(data: dict[str, Any], name: str) -> str | None:
    value = data.get(name)
    return value if isinstance(value, str) else None


def _number(data: dict[str, Any], name: str) -> int | None:
    value = data.get(name)
    return value if type(value) is int else None
