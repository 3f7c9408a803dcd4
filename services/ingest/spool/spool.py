"""The spool: an ordered queue of events on disk, synced before it says yes."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic

import structlog
from prometheus_client import Counter, Gauge

from libs.common.events import Envelope
from libs.common.keys import PLATFORM, Keys
from services.ingest.spool import segment

FIELD = "spool"
SEGMENT_BYTES = 4 * 1024 * 1024
NEARLY_FULL = 0.8
KEPT_ASIDE = timedelta(days=7)
"""As long as what is quarantined: what cannot be read cannot be searched for who is erased."""
REFUSED_SECONDS = 10.0  # then it is tried again: without requests nobody would see it mended
BYTES = Gauge("spool_bytes", "Bytes that wait on disk.")
SPOOLED = Counter("spooled_total", "Events that went through the spool.")

log = structlog.get_logger()

_Batch = list[tuple[bytes, asyncio.Future[None]]]


class SpoolFull(Exception):
    """The spool has no room, or its disk does not write."""


class Spool:
    """Segments `00000001.spool`, … in a folder; those of a predecessor are taken over."""

    def __init__(self, folder: Path, limit: int, keys: Keys) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._limit = limit
        self._keys = keys
        self._writing = asyncio.Lock()
        self._waiting: _Batch = []
        self._refused_at = float("-inf")
        self._bytes = sum(path.stat().st_size for path in self._segments())
        self._next = 1 + max((int(path.stem) for path in folder.glob("[0-9]*.*")), default=0)
        self.filled = asyncio.Event()
        if self._segments():
            self.filled.set()
        BYTES.set_function(lambda: self._bytes)

    @property
    def empty(self) -> bool:
        """Whether an event may go past the spool without overtaking another."""
        return not self.filled.is_set()

    def trouble(self) -> list[str]:
        """Why others should take the next events; empty while there is room."""
        if monotonic() - self._refused_at < REFUSED_SECONDS:
            return ["Kafka is away, and the spool takes no more"]
        return ["the spool is nearly full"] if self._bytes > NEARLY_FULL * self._limit else []

    async def append(self, envelope: Envelope) -> None:
        """Returns once the event is on the disk. Raises SpoolFull."""
        self.filled.set()
        frame = self._keys.seal(PLATFORM, FIELD, envelope.to_json())
        if self._bytes + segment.size_of(frame) > self._limit:
            self._refused_at = monotonic()
            raise SpoolFull("the spool is full")
        self._bytes += segment.size_of(frame)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((frame, done))
        async with self._writing:
            if self._waiting:
                await self._write()
        await done
        SPOOLED.inc()

    async def oldest(self) -> tuple[Path, Sequence[Envelope]] | None:
        """The oldest segment and its events; it is not written to any more."""
        async with self._writing:
            while self._waiting:
                await self._write()
            paths = self._segments()
            if not paths:
                self.filled.clear()
                return None
            self._next = max(self._next, int(paths[0].stem) + 1)
        return paths[0], await asyncio.to_thread(self._read, paths[0])

    async def remove(self, path: Path) -> None:
        """Drops a segment whose events are all acknowledged elsewhere."""
        async with self._writing:
            freed = await asyncio.to_thread(segment.remove, path)
        self._bytes -= freed

    def tidy(self, now: datetime) -> None:
        """Drops broken segments that nobody has looked into for too long."""
        for aside in self._folder.glob("[0-9]*.broken"):
            if aside.stat().st_ctime < (now - KEPT_ASIDE).timestamp():
                aside.unlink(missing_ok=True)

    async def _write(self) -> None:
        """Writes all that waits with one sync."""
        batch, self._waiting = self._waiting, []
        path = self._folder / f"{self._next:08d}.spool"
        try:
            size = await asyncio.to_thread(segment.append, path, [frame for frame, _ in batch])
        except OSError as error:
            log.error("spool.write_failed", error=type(error).__name__)
            self._fail(batch, path)
            return
        if size >= SEGMENT_BYTES:
            self._next += 1
        for _, done in batch:
            done.set_result(None)

    def _fail(self, batch: _Batch, path: Path) -> None:
        """Gives the batch up. What is left of its segment is not written to again."""
        self._refused_at = monotonic()
        self._next += path in self._segments() and path.stat().st_size > 0
        self._bytes -= sum(segment.size_of(frame) for frame, _ in batch)
        for _, done in batch:
            done.set_exception(SpoolFull("the spool cannot be written"))

    def _read(self, path: Path) -> list[Envelope]:
        envelopes: list[Envelope] = []
        try:
            for frame in segment.frames(path):
                plain = self._keys.unseal(PLATFORM, FIELD, frame)
                envelopes.append(Envelope.from_json(plain))
        except segment.Broken:
            _keep_aside(path)
        return envelopes

    def _segments(self) -> list[Path]:
        return sorted(self._folder.glob("[0-9]*.spool"))


def _keep_aside(path: Path) -> None:
    """Keeps a broken segment for operators; what can be read of it goes on."""
    aside = path.with_suffix(".broken")
    if not aside.exists():
        log.error("spool.broken_segment", segment=path.name)
        aside.hardlink_to(path)
