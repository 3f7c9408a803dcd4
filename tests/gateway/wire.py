"""A service that is nothing but a socket: what it hears, and what a test lets it say."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from services.gateway.domain.routes import SERVICES
from tests.gateway.house import House

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Line:
    """One connection to the service."""

    def __init__(self, wire: "Wire", reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self.wire, self.reader, self.writer = wire, reader, writer

    async def hear(self) -> bytes:
        """The next request, as it came."""
        head = await self.hear_head()
        length = [line[15:] for line in head.splitlines() if line.startswith(b"content-length:")]
        return head + await self.reader.readexactly(int(length[0]) if length else 0)

    async def hear_head(self) -> bytes:
        """The next request up to its body; names of headers in lower case."""
        first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).splitlines(keepends=True)
        named = (line.partition(b":") for line in lines)
        head = first + b"".join(name.lower() + colon + value for name, colon, value in named)
        await self.wire.heard.put(head)
        return head

    async def say(self, answer: bytes) -> None:
        """Sends these bytes."""
        self.writer.write(answer)
        await self.writer.drain()


class Wire:
    """All of its connections; `heard` gets the head of each request."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()
        self.lines = 0


Talk = Callable[[Line], Awaitable[None]]


@asynccontextmanager
async def wired(house: House, talk: Talk, *services: str) -> AsyncIterator[Wire]:
    """These services, or all, as `talk` makes of each connection, which it closes as it returns."""
    wire = Wire()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire.lines += 1
        try:
            await talk(Line(wire, reader, writer))
        except asyncio.IncompleteReadError:
            pass  # the gateway has hung up
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        house.desk.services._urls.update(dict.fromkeys(services or SERVICES.values(), url))
        yield wire
        await house.desk.services.close()
