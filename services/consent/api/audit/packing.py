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
    entries: AsyncIterator[AuditSealed], signed: Sequence[AuditCheckpointed], keys: Sequence[str]
) -> AsyncIterator[bytes]:
    """The pieces of the zip."""
    out, hashes = _Out(), {}
    with zipfile.ZipFile(out, "w") as opened:
        digest = sha256()
        with opened.open(_named("entries.ndjson"), "w", force_zip64=True) as file:
            async for piece in _lines(entries):
                digest.update(piece)
                file.write(piece)
                yield out.taken()
        hashes["entries.ndjson"] = digest.hexdigest()
        checkpoints = "".join(f"{one.model_dump_json()}\n" for one in signed)
        rest = {"checkpoints.ndjson": checkpoints, "keys.txt": "".join(f"{k}\n" for k in keys)}
        for name, text in rest.items():
            hashes[name] = sha256(text.encode()).hexdigest()
            opened.writestr(_named(name), text)
        opened.writestr(_named("manifest.json"), json.dumps(hashes, indent=1))
    yield out.taken()


async def _lines(entries: AsyncIterator[AuditSealed]) -> AsyncIterator[bytes]:
    lines: list[str] = []
    async for entry in entries:
        lines.append(f"{entry.model_dump_json()}\n")
        if len(lines) == LINES:
            yield "".join(lines).encode()
            lines.clear()
    yield "".join(lines).encode()


def _named(name: str) -> zipfile.ZipInfo:
    told = zipfile.ZipInfo(name, _FIRST_DAY)
    told.compress_type = zipfile.ZIP_DEFLATED
    return told
