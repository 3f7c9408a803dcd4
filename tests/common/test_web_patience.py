"""A server waits for nobody for ever, and takes no head without an end."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from libs.common.web import patience, serve

HEAD = b"POST /echo HTTP/1.1\r\nHost: x\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
LATE = b"5\r\nhello\r\n0\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n"
LIMIT = 5

left: asyncio.Queue[str] = asyncio.Queue()


async def echo(request: Request) -> Response:
    """The body, and who is said to have sent it."""
    try:
        body = await request.body()
    except ClientDisconnect:
        left.put_nowait("gone")
        raise
    return PlainTextResponse(body + request.headers.get("x-forwarded-for", "-").encode())


async def deaf(_: Request) -> Response:
    """Answers and reads nothing."""
    return PlainTextResponse("no")


class Line:
    """A connection to the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def say(self, text: bytes) -> None:
        self.writer.write(text)

    async def hears(self) -> bytes:
        """All that comes until the server hangs up."""
        async with asyncio.timeout(LIMIT):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""

    async def floods(self, size: int, pause: float = 0.0) -> bool:
        """Says as much again and again; whether the server hung up before it was a thousandfold."""
        try:
            for _ in range(1000):
                self.say(b"a" * size)
                await self.writer.drain()
                await asyncio.sleep(pause)
        except ConnectionError:
            return True
        return False

    async def answered(self, end: bytes) -> bytes:
        async with asyncio.timeout(LIMIT):
            return await self.reader.readuntil(end)


@pytest.fixture
async def port() -> AsyncIterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = int(free.getsockname()[1])
    app = Starlette(
        routes=[Route("/echo", echo, methods=["POST"]), Route("/deaf", deaf, methods=["POST"])]
    )
    stop, listening = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(serve((app, "127.0.0.1", number), stop=stop, listening=listening))
        await listening.wait()
        yield number
        stop.set()


@asynccontextmanager
async def line(port: int) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Line(reader, writer)
    finally:
        writer.close()


@pytest.mark.parametrize("said", [b"", b"GET /", HEAD], ids=["nothing", "a word", "half a head"])
async def test_who_does_not_say_what_they_want_is_cut_off(
    port: int, monkeypatch: pytest.MonkeyPatch, said: bytes
) -> None:
    monkeypatch.setattr(patience, "HEAD_S", 0.05)
    async with line(port) as client:
        client.say(said)
        assert await client.hears() == b""


async def test_a_second_head_is_waited_for_no_longer_than_the_first(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "HEAD_S", 0.2)
    async with line(port) as client:
        client.say(HEAD + b"Content-Length: 2\r\n\r\nhi")
        assert (await client.answered(b"hi-")).startswith(b"HTTP/1.1 200")
        client.say(HEAD)
        assert await client.hears() == b""


@pytest.mark.parametrize("endless", [b"X-Long: ", b"GET /"], ids=["header", "path"])
async def test_a_head_without_an_end_is_not_kept(port: int, endless: bytes) -> None:
    async with line(port) as client:
        client.say(endless if endless.startswith(b"GET") else HEAD + endless)
        assert await client.floods(patience.HEAD_BYTES)


async def test_what_follows_a_body_has_an_end_and_is_no_header(port: int) -> None:
    async with line(port) as client:
        client.say(CHUNKED + LATE)
        assert (await client.answered(b"hello-")).startswith(b"HTTP/1.1 200")
    async with line(port) as client:
        client.say(CHUNKED + LATE.removesuffix(b"\r\n\r\n"))
        assert await client.floods(patience.HEAD_BYTES)


async def test_a_body_that_does_not_get_on_ends_its_request(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PACE_S", 0.05)
    async with line(port) as client:
        client.say(HEAD + b"Content-Length: 100000\r\n\r\nhello")
        assert await client.hears() == b""
        async with asyncio.timeout(LIMIT):
            assert await left.get() == "gone"


async def test_a_body_that_gets_on_is_heard_to_its_end(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PACE_S", 0.05)
    monkeypatch.setattr(patience, "PACE_BYTES", 1)
    async with line(port) as client:
        client.say(HEAD + b"Content-Length: 60\r\n\r\n")
        for _ in range(60):
            await asyncio.sleep(0.01)
            client.say(b"a")
        assert (await client.answered(b"aa-")).startswith(b"HTTP/1.1 200")


async def test_the_rest_of_a_request_that_was_answered_is_not_read_for_ever(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "LINGER_S", 0.05)
    async with line(port) as client:
        client.say(b"POST /deaf HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nhello")
        assert (await client.answered(b"no")).startswith(b"HTTP/1.1 200")
        assert await client.floods(10_000, pause=0.01)
