"""How the gateway asks the services behind it, down to the bytes, and what it makes of silence."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import structlog

from libs.common.principal import Principal
from libs.common.web import KEEP_ALIVE_S
from services.gateway.clients import Ask
from services.gateway.clients import services as clients
from tests.gateway.house import PUBLIC, House, problem, served
from tests.gateway.wire import OK, Line, wired

CUSTOMER, CALL, MESSAGES, IMPORTS = (
    "/v1/customers/cus_1", "/v1/calls/ses_1", "/v1/messages", "/v1/imports",
)  # fmt: skip


async def always_ok(line: Line) -> None:
    while True:
        await line.hear()
        await line.say(OK)


async def hangs_up(line: Line) -> None:
    await line.hear()


@pytest.mark.parametrize(
    ("method", "path", "times"),
    [("POST", MESSAGES, 1), ("PUT", CUSTOMER, 1), ("DELETE", CUSTOMER, 1), ("GET", CUSTOMER, 2)],
)
async def test_what_may_have_been_done_is_not_asked_twice(
    house: House, method: str, path: str, times: int
) -> None:
    admin = await house.signed_in()
    async with wired(house, hangs_up) as wire:
        answer = await admin.request(method, path)
        assert (answer.status_code, problem(answer)) == (504, "service_silent")
        assert wire.heard.qsize() == times


async def test_nor_is_it_where_a_connection_that_was_kept_ends(house: House) -> None:
    async def answers_once(line: Line) -> None:
        await line.hear()
        await line.say(OK)
        await line.hear()

    admin = await house.signed_in()
    async with wired(house, answers_once) as wire:
        assert (await admin.post(MESSAGES, json={})).status_code == 200
        answer = await admin.post(MESSAGES, json={})
        assert (answer.status_code, problem(answer)) == (504, "service_silent")
        assert (wire.lines, wire.heard.qsize()) == (1, 2)
    assert clients.KEPT_ALIVE_S < KEEP_ALIVE_S


async def test_a_service_that_hangs_holds_up_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "AT_ONCE", 3)
    hung = asyncio.Event()

    async def hangs(line: Line) -> None:
        await line.hear()
        await hung.wait()

    admin = await house.signed_in()
    async with (
        wired(house, always_ok, "insights"),
        wired(house, hangs, "matcher") as wire,
        asyncio.TaskGroup() as tasks,
    ):
        asked = [tasks.create_task(admin.put(CUSTOMER, json={})) for _ in range(3)]
        for _ in asked:
            await wire.heard.get()
        assert (await admin.get(CALL)).status_code == 200
        monkeypatch.setattr(clients, "CONNECT_S", 0.01)
        further = await admin.put(CUSTOMER, json={})
        assert (further.status_code, problem(further)) == (503, "service_away")
        assert wire.heard.empty()
        hung.set()
    assert [task.result().status_code for task in asked] == [504] * 3


async def test_a_service_that_says_nothing_is_not_waited_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def says_nothing(line: Line) -> None:
        await line.hear()
        await line.reader.read()

    monkeypatch.setattr(clients, "SILENCE_S", 0.01)
    admin = await house.signed_in()
    async with wired(house, says_nothing):
        answer = await admin.put(CUSTOMER, json={})
        assert (answer.status_code, problem(answer)) == (504, "service_silent")


async def test_half_an_answer_is_none(house: House) -> None:
    async def says_half(line: Line) -> None:
        await line.hear()
        await line.say(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nok")

    admin = await house.signed_in()
    async with wired(house, says_half):
        answer = await admin.put(CUSTOMER, json={})
        assert (answer.status_code, problem(answer)) == (504, "service_silent")


async def test_the_request_arrives_as_it_was_sent(house: House) -> None:
    admin = await house.signed_in()
    async with wired(house, always_ok) as wire:
        await admin.post(
            "/v1/messages/m%20%D9%85:cancel?a=%2b+%zz&b=;,'\"<>", headers={"ETag": "x"}
        )
        first, *lines = (await wire.heard.get()).splitlines()
    assert first == b"POST /v1/messages/m%20%D9%85:cancel?a=%2b+%zz&b=;,'%22%3C%3E HTTP/1.1"
    names = [line.partition(b":")[0] for line in lines if line]
    assert sorted(names) == [
        b"accept", b"accept-encoding", b"authorization", b"content-length", b"host"
    ]  # fmt: skip
    assert b"accept-encoding: identity" in lines


async def test_the_answer_is_passed_back_as_it_is(house: House) -> None:
    packed = gzip.compress(b"packed")
    lines = [
        b"HTTP/1.1 307 Temporary Redirect", b"Location: /elsewhere", b"Set-Cookie: a=b",
        b"Link: <a>", b"LINK: <b>", b'Content-Disposition: x; filename="\xd9\x85"',
        b"Content-Encoding: gzip", b"Content-Length: %d" % len(packed),
    ]  # fmt: skip

    async def says(line: Line) -> None:
        while True:
            await line.hear()
            await line.say(b"\r\n".join([*lines, b"", packed]))

    admin = await house.signed_in()
    async with wired(house, says) as wire:
        urls = house.desk.services._urls
        urls["matcher"] = urls["matcher"].replace("127.0.0.1", "localhost")  # has cookies
        await admin.get(CUSTOMER)
        answer = await admin.get(CUSTOMER)
        heard = [wire.heard.get_nowait() for _ in range(wire.heard.qsize())]
    assert len(heard) == 2
    assert not [head for head in heard if b"cookie" in head]
    assert (answer.status_code, answer.content) == (307, packed)
    assert answer.headers["location"] == "/elsewhere"
    assert answer.headers["link"] == "<a>, <b>"
    assert (b"content-disposition", b'x; filename="\xd9\x85"') in answer.headers.raw


async def test_whoever_goes_away_ends_the_answer_too(house: House) -> None:
    ended = asyncio.Event()

    async def says_on_and_on(line: Line) -> None:
        await line.hear()
        await line.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
        await line.reader.read()
        ended.set()

    admin = await house.signed_in()
    cookie = {"Cookie": f"sid={admin.cookies['sid']}"}
    async with wired(house, says_on_and_on), served(house.front) as url:
        async with (
            httpx.AsyncClient(base_url=url, headers=cookie) as client,
            client.stream("GET", CUSTOMER) as answer,
        ):
            assert await anext(answer.aiter_raw()) == b"ab"
        await ended.wait()


class Uploader:
    """A client that sends as much of an upload as a test wants."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def begins(cls, url: str, client: httpx.AsyncClient) -> "Uploader":
        host = url.removeprefix("http://")
        made = cls(*await asyncio.open_connection(*host.split(":")))
        sid = client.cookies["sid"]
        lines = [
            f"POST {IMPORTS} HTTP/1.1", f"Host: {host}", f"Origin: {PUBLIC}", f"Cookie: sid={sid}",
            "Content-Type: text/csv", "Transfer-Encoding: chunked", "", "2\r\nab\r\n",
        ]  # fmt: skip
        made.writer.write("\r\n".join(lines).encode())
        return made

    async def ends(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


async def test_an_upload_that_breaks_off_is_not_taken_for_whole(house: House) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()

    async def takes(line: Line) -> None:
        await line.hear_head()
        await heard.put(await line.reader.readexactly(7))
        await heard.put(await line.reader.read())

    admin = await house.signed_in()
    with structlog.testing.capture_logs() as logs:
        async with wired(house, takes), served(house.front) as url:
            client = await Uploader.begins(url, admin)
            assert await heard.get() == b"2\r\nab\r\n"
            await client.ends()
            assert await heard.get() == b""
    assert not [entry for entry in logs if entry["event"] == "service.away"]


async def test_an_upload_is_refused_before_it_has_come(house: House) -> None:
    async def refuses(line: Line) -> None:
        await line.hear_head()
        await line.say(b"HTTP/1.1 422 Unprocessable Content\r\nContent-Length: 2\r\n\r\nno")
        await line.reader.read()

    admin = await house.signed_in()
    async with wired(house, refuses), served(house.front) as url:
        client = await Uploader.begins(url, admin)
        assert (await client.reader.readline()).startswith(b"HTTP/1.1 422 ")
        await client.ends()


async def test_trouble_at_the_source_of_an_upload_is_its_own(house: House) -> None:
    async def takes(line: Line) -> None:
        await line.reader.read()

    async def pieces() -> AsyncIterator[bytes]:
        yield b"ab"
        raise ValueError("too much")

    ask: Any = Ask("matcher", f"POST {IMPORTS}", "POST", IMPORTS, {}, pieces())
    principal = Principal("tenant0001", "usr_1", "admin", frozenset())
    async with wired(house, takes):
        with pytest.raises(ValueError, match="too much"):
            await house.desk.services.send(ask, principal)
