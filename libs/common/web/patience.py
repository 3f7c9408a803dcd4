"""How long a server waits for a request, and how much of one it takes before it knows what it is.

uvicorn itself waits for ever and takes everything, so that whoever opens enough connections and
says nothing on them, or sends a head without an end, shuts everybody else out.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_S: Final = 10.0
"""From the connection, or from a head's first byte, until its last."""
HEAD_BYTES: Final = 64 * 1024
"""Of a head, of what follows a chunked body, or of a chunk's extensions."""
PACE_S: Final = 20.0
PACE_BYTES: Final = 10_000
"""Of a body in each `PACE_S` seconds, unless it ends in them: as slow as Apache lets it be."""
LINGER_S: Final = 10.0
"""For a body that is not wanted any more, since its request was answered."""


class Patient(HttpToolsProtocol):
    """One connection. What does not get on is closed without a word."""

    _timer: asyncio.TimerHandle | None = None
    _in_head = True
    _stuck = 0
    _came = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A head is to follow."""
        super().connection_made(transport)
        self._wait(HEAD_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for."""
        self._rest()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes with which nothing was complete are counted."""
        self._stuck += len(data)
        super().data_received(data)
        if self._stuck > HEAD_BYTES and not self.transport.is_closing():
            self.transport.close()

    def on_message_begin(self) -> None:
        """A head begins; the first one of a connection has been waited for already."""
        super().on_message_begin()
        self._in_head = True
        if self._timer is None:
            self._wait(HEAD_S)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Of the head alone: what comes after the body was not there when it was judged."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """A body may follow."""
        self._in_head, self._stuck, self._came = False, 0, 0
        super().on_headers_complete()
        self._wait(PACE_S)

    def on_body(self, body: bytes) -> None:
        """It gets on."""
        self._stuck = 0
        self._came += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._stuck = 0
        self._rest()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """An answer was given; the rest of its request is read, so that the client hears it."""
        super().on_response_complete()
        if self._timer is not None and not self._in_head and self.cycle.response_complete:
            self._wait(LINGER_S, self.transport.close)

    def _wait(self, seconds: float, then: Any = None) -> None:
        self._rest()
        self._timer = self.loop.call_later(seconds, then or self._judge)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _judge(self) -> None:
        """While it is we who do not read, the client may be as slow."""
        slow = self._in_head or self._came < PACE_BYTES
        if slow and not self.flow.read_paused:
            self.transport.close()
        else:
            self._came = 0
            self._wait(PACE_S)
