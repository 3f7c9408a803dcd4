"""A zip that is written as it is sent: nothing of it is held but the piece in hand."""

import io
import json
import zipfile
from collections.abc import AsyncIterator, Sequence
from hashlib import sha256

from libs.common.events import AuditCheckpointed, AuditSealed

LINES = 200
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the same trail gives the same bytes


class _Out(io.RawIOBase):
    """Takes bytes, and gives them away."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: object, /) -> int:
        self._pieces.append(bytes(piece))  # type: ignore[call-overload]
        return len(self._pieces[-1])

    def taken(self) -> bytes:
        """What was written since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


async def packed(
    entries: AsyncIterator[AuditSealed],
    signed: AsyncIterator[AuditCheckpointed],
    keys: Sequence[str],
) -> AsyncIterator[bytes]:
    """The pieces of the zip."""
    out, hashes = _Out(), {}
    with zipfile.ZipFile(out, "w") as opened:
        for name, lines in (("entries.ndjson", entries), ("checkpoints.ndjson", signed)):
            digest = sha256()
            with opened.open(_named(name), "w", force_zip64=True) as file:
                async for piece in _lines(lines):
                    digest.update(piece)
                    file.write(piece)
                    yield out.taken()
            hashes[name] = digest.hexdigest()
        known = "".join(f"{key}\n" for key in keys)
        hashes["keys.txt"] = sha256(known.encode()).hexdigest()
        opened.writestr(_named("keys.txt"), known)
        opened.writestr(_named("manifest.json"), json.dumps(hashes, indent=1))
    yield out.taken()


async def _lines(facts: AsyncIterator[AuditSealed | AuditCheckpointed]) -> AsyncIterator[bytes]:
    lines: list[str] = []
    async for fact in facts:
        lines.append(f"{fact.model_dump_json()}\n")
        if len(lines) == LINES:
            yield "".join(lines).encode()
            lines.clear()
    yield "".join(lines).encode()


def _named(name: str) -> zipfile.ZipInfo:
    told = zipfile.ZipInfo(name, _FIRST_DAY)
    told.compress_type = zipfile.ZIP_DEFLATED
    return told
