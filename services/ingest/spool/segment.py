"""One file of the spool: frames of length, CRC-32 and sealed bytes, appended and never changed."""

import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from zlib import crc32

_HEAD = struct.Struct(">II")


class Broken(ValueError):
    """A segment with frames that do not fit their checksums, other than by a cut-off end."""


def size_of(frame: bytes) -> int:
    """The bytes that a frame takes in a segment."""
    return _HEAD.size + len(frame)


def append(path: Path, frames: Sequence[bytes]) -> int:
    """Writes the frames and returns the segment's size once all of it is on the disk (fsync)."""
    fresh = not path.exists()
    data = b"".join(_HEAD.pack(len(frame), crc32(frame)) + frame for frame in frames)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = _append(handle, data)
    finally:
        os.close(handle)
    if fresh:
        sync_folder(path.parent)
    return size


def _append(handle: int, data: bytes) -> int:
    """Writes without a buffer: one would try again at its close, behind the truncation."""
    start = os.lseek(handle, 0, os.SEEK_END)
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, start)
        raise
    return start + len(data)


def frames(path: Path) -> Iterator[bytes]:
    """The frames in order; those that do not fit their checksums are left out.

    An incomplete last one was never acknowledged and is left out as well.
    Raises Broken at the end where there were frames that do not fit.
    """
    data = path.read_bytes()
    place, broken = 0, False
    while place + _HEAD.size <= len(data):
        size, checksum = _HEAD.unpack_from(data, place)
        frame = data[place + _HEAD.size : place + _HEAD.size + size]
        place += _HEAD.size + size
        if len(frame) < size:
            break
        if frame and crc32(frame) == checksum:
            yield frame
        else:
            broken = True  # zeros too, which a power failure may leave: no frame is empty
    if broken:
        raise Broken(f"{path.name}: a frame does not fit its checksum")


def remove(path: Path) -> int:
    """Removes the segment for good and returns the bytes it held."""
    size = path.stat().st_size
    path.unlink()
    with suppress(OSError):  # a name that comes back after a power failure repeats, and loses none
        sync_folder(path.parent)
    return size


def sync_folder(folder: Path) -> None:
    """Makes a created or removed file name durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
