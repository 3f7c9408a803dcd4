"""A screen that only counts: one live stream, cut off and opened again as often as one likes.

It reads lines as they come and not chunks: the gateway writes whole events, so that the sizes
between them are lines of their own, which begin with no field's name.
"""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from time import time_ns

_LONGEST = 1 << 24
"""Bytes of a line: a snapshot is one."""

OPENED = b"HTTP/1.1 200"


class Refused(Exception):
    """The gateway did not open the stream; the message is its status line."""


@dataclass
class Screen:
    """What it was told of, by call: types of events, the newest card and when that came.

    `resumes` False is a screen that does not say where it was, and overlooks the snapshot.
    """

    host: str
    port: int
    cookie: str
    resumes: bool = True
    seen: dict[str, set[str]] = field(default_factory=dict)
    cards: dict[str, int] = field(default_factory=dict)
    card_ns: dict[str, int] = field(default_factory=dict)
    opened: int = 0
    cut: int = 0
    snapshots: int = 0
    _last: str | None = None
    _writer: asyncio.StreamWriter | None = None
    _open: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, pause: float) -> None:
        """Reads until cancelled; comes back `pause` seconds after it lost the stream."""
        while True:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._read()
            self._open.clear()
            await asyncio.sleep(pause)

    async def ready(self) -> None:
        """Waits until the stream is open."""
        await self._open.wait()

    def cut_off(self) -> None:
        """Loses the connection now, without a word to the other side."""
        if self._writer is not None and self._open.is_set():
            self.cut += 1
            self._writer.transport.abort()

    async def _read(self) -> None:
        reader, self._writer = await asyncio.open_connection(self.host, self.port, limit=_LONGEST)
        try:
            self._writer.write(self._request())
            status = await reader.readline()
            if status and not status.startswith(OPENED):
                raise Refused(status.decode().strip())
            self.opened += bool(status)
            await self._events(reader)
        finally:
            self._writer.transport.abort()

    def _request(self) -> bytes:
        told = [f"Host: {self.host}:{self.port}", f"Cookie: {self.cookie}"]
        if self.resumes and self._last is not None:
            told.append(f"Last-Event-ID: {self._last}")
        return "\r\n".join(["GET /v1/live HTTP/1.1", *told, "", ""]).encode()

    async def _events(self, reader: asyncio.StreamReader) -> None:
        name = ""
        while line := await reader.readline():
            key, _, value = line.strip().partition(b": ")
            if key == b"id":
                self._last = value.decode()
            elif key == b"event":
                name = value.decode()
            elif key == b"data":
                self._open.set()
                self._take(name, value)
            elif not key and self.opened:
                self._open.set()  # the end of the headers, or of an event

    def _take(self, name: str, data: bytes) -> None:
        told = json.loads(data)
        if name != "snapshot":
            return self._note(told)
        self.snapshots += 1
        if self.resumes or self.opened == 1:
            for one in told["events"]:
                self._note(one)

    def _note(self, event: dict[str, object]) -> None:
        data = event["data"]
        session = data.get("session_id") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(session, str):
            return
        self.seen.setdefault(session, set()).add(str(event["type"]))
        if event["type"] == "insight.produced" and data["version"] > self.cards.get(session, 0):
            self.cards[session] = data["version"]
            self.card_ns[session] = time_ns()
