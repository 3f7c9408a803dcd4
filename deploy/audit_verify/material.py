"""What a trail is checked from, read from files."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .checkpoint import Claim, read_claim
from .findings import Finding, Unreadable
from .note import Key, keys_of
from .records import Sealed, read_sealed


@dataclass(frozen=True)
class Material:
    """Records in the order in which they lie, and the keys to believe."""

    sealed: Sequence[Sealed]
    claims: Sequence[Claim]
    keys: Sequence[Key]
    findings: Sequence[Finding] = ()
    own_keys: bool = False

    def tenant(self) -> str:
        """The only tenant whose trail is here. Raises Unreadable."""
        named = {record.fields["tenant"] for record in self.sealed if record.fields}
        named = named or {claim.tenant for claim in self.claims if claim.tenant}
        if len(named) != 1:
            there = f"the trails of {', '.join(sorted(named))}" if named else "no trail"
            raise Unreadable(f"there is {there} here: name a tenant with --tenant")
        return str(*named)


def from_files(entries: Path, checkpoints: Path, keys: Path) -> Material:
    """One record a line. Raises Unreadable."""
    return Material(
        sealed_in(read(entries), entries.name),
        claims_in(read(checkpoints), checkpoints.name),
        keys_in(keys),
    )


def sealed_in(text: bytes, name: str) -> list[Sealed]:
    """The entries of a file."""
    return [read_sealed(line, place) for place, line in _lines(text, name)]


def claims_in(text: bytes, name: str) -> list[Claim]:
    """The checkpoints of a file."""
    return [read_claim(line, place) for place, line in _lines(text, name)]


def keys_in(file: Path) -> list[Key]:
    """Raises Unreadable, also where there is none."""
    return keys_of_text(read(file), file.name)


def note_in(file: Path) -> str:
    """A checkpoint as it was kept. Raises Unreadable."""
    try:
        return read(file).decode()
    except UnicodeDecodeError:
        raise Unreadable(f"{file.name} is no text") from None


def read(file: Path) -> bytes:
    """A file. Raises Unreadable."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise Unreadable(f"{file.name} cannot be read: {error.strerror}") from None


def keys_of_text(text: bytes, name: str) -> list[Key]:
    """The keys in the text of a file. Raises Unreadable, also where there is none."""
    try:
        keys = keys_of(text.decode().splitlines())
    except ValueError as error:
        raise Unreadable(f"{name} holds something that is no verifier key: {error}") from None
    if not keys:
        raise Unreadable(f"{name} holds no key")
    return keys


def _lines(text: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    for number, line in enumerate(io.BytesIO(text), 1):
        if line.strip():
            yield f"{name}, line {number}", line
