"""One attempt to reach an agency's app: to whom the connection goes, and what counts."""

import asyncio
import ssl
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from services.gateway.clients import Letter, Poster, posting
from services.gateway.domain.hooks.delivery import Outcome
from services.gateway.domain.hooks.target import Unfit
from tests.gateway.apps import App, answering, certificate, listening

HOST = "hooks.example.com"


class Names:
    """A name server that answers each time with the next of these; the last one stays."""

    def __init__(self, *answers: Sequence[str] | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append((host, port))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return list(answer)


def letter(url: str) -> Letter:
    return Letter(url, '{"type":"webhook.test"}', {"webhook-id": "msg_1"})


@pytest.fixture
async def app() -> AsyncIterator[App]:
    async with listening(App()) as made:
        yield made


async def post(url: str, **settings: Any) -> Outcome:
    poster = Poster(**{"loopback": True, **settings})
    try:
        return await poster.post(letter(url))
    finally:
        await poster.close()


async def test_the_payload_arrives_as_it_was_signed(app: App) -> None:
    assert await post(app.url) == Outcome(204)
    (heard,) = app.heard
    assert heard.line == "POST /hook HTTP/1.1"
    assert heard.body == '{"type":"webhook.test"}'
    assert heard.headers["webhook-id"] == "msg_1"
    assert heard.headers["content-type"] == "application/json"
    assert "authorization" not in heard.headers
    assert "traceparent" not in heard.headers


async def test_a_redirect_is_an_answer_and_is_not_followed(app: App) -> None:
    async with listening(App()) as inside:
        app.answer = answering("307 Elsewhere", f"Location: {inside.url}")
        assert await post(app.url) == Outcome(307)
        assert inside.heard == []


async def test_the_connection_goes_to_the_address_that_was_judged(app: App) -> None:
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    url = f"http://rebound.example.com:{app.port}/hook"
    assert await post(url, lookup=names) == Outcome(204)
    assert names.asked == [("rebound.example.com", app.port)]
    assert app.heard[0].headers["host"] == f"rebound.example.com:{app.port}"


async def test_a_name_that_leads_inside_at_a_later_attempt_is_refused_then(app: App) -> None:
    names = Names(["127.0.0.1"], ["169.254.169.254"])
    poster = Poster(loopback=True, lookup=names)
    url = f"http://rebound.example.com:{app.port}/hook"
    assert await poster.post(letter(url)) == Outcome(204)
    assert await poster.post(letter(url)) == Outcome(trouble="forbidden_address")
    assert len(app.heard) == 1
    await poster.close()


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["93.184.215.14", "192.168.0.1"],
        ["fd00::1", "2606:4700::1111"],
    ],
)
async def test_one_address_inside_is_enough_to_refuse(app: App, addresses: list[str]) -> None:
    poster = Poster(loopback=False, lookup=Names(addresses))
    assert await poster.post(letter(f"https://{HOST}/")) == Outcome(trouble="forbidden_address")
    with pytest.raises(Unfit, match="not on the open internet"):
        await poster.check(f"https://{HOST}/")
    assert app.heard == []
    await poster.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "127.1", "2130706433", "0x7f.1", "0"])
async def test_an_address_in_the_url_is_judged_however_it_is_written(app: App, host: str) -> None:
    poster = Poster(loopback=False)
    refused = await poster.post(letter(f"https://{host}/"))
    assert refused.trouble in {"forbidden_address", "unresolved"}
    with pytest.raises(Unfit):
        await poster.check(f"https://{host}/")
    await poster.close()


async def test_http_and_other_ports_are_refused_when_it_is_sent_too(app: App) -> None:
    assert await post(app.url, loopback=False) == Outcome(trouble="forbidden_address")
    assert app.heard == []


async def test_a_name_without_address_is_trouble_now_and_refused_at_first(app: App) -> None:
    for names in (Names(OSError("no such name")), Names([])):
        poster = Poster(loopback=True, lookup=names)
        assert await poster.post(letter(f"https://{HOST}/")) == Outcome(trouble="unresolved")
        with pytest.raises(Unfit, match="no address"):
            await poster.check(f"https://{HOST}/")
        await poster.close()


async def test_tls_shows_the_hosts_name_though_the_address_was_chosen_here(tmp_path: Path) -> None:
    server, client = certificate(HOST, tmp_path)
    shown: list[str | None] = []
    server.sni_callback = lambda _sock, name, _context: shown.append(name)
    async with listening(App(), server) as app:
        names, url = Names(["127.0.0.1"]), f"https://{HOST}:{app.port}/"
        assert await post(url, lookup=names, trust=client) == Outcome(204)
        assert shown == [HOST]
        other = f"https://other.example.com:{app.port}/"
        assert await post(other, lookup=names, trust=client) == Outcome(trouble="tls")
        assert await post(url, lookup=names) == Outcome(trouble="tls")
        assert len(app.heard) == 1


async def test_nobody_there_is_trouble(app: App) -> None:
    async with listening(App()) as gone:
        url = gone.url
    assert await post(url) == Outcome(trouble="connect")
    app.answer = b""
    assert await post(app.url) == Outcome(trouble="lost")
    app.answer = b"no HTTP at all\r\n\r\n"
    assert await post(app.url) == Outcome(trouble="lost")


async def test_an_app_that_is_silent_is_left(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "ANSWER_S", 0.2)
    app.ready.clear()
    async with asyncio.timeout(10):
        assert await post(app.url) == Outcome(trouble="timeout")


async def test_a_name_server_that_is_silent_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "LOOK_UP_S", 0.1)

    async def silent(_host: str, _port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    assert await post(f"https://{HOST}/", lookup=silent) == Outcome(trouble="unresolved")


async def test_a_name_that_hangs_takes_one_thread_however_often_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, freed = [], threading.Event()

    def hanging(host: str, port: int) -> list[str]:
        asked.append((host, port))
        if host == HOST:
            freed.wait(10)
            raise OSError("the name server does not answer")
        return ["127.0.0.1"]

    monkeypatch.setattr(posting, "LOOK_UP_S", 0.1)
    monkeypatch.setattr(posting, "_addresses_of", hanging)
    poster = Poster(loopback=False)
    try:
        said = [await poster.post(letter(f"https://{HOST}/{n}")) for n in range(3)]
        assert said == [Outcome(trouble="unresolved")] * 3
        other = await poster.post(letter("https://other.example.com/"))
        assert other == Outcome(trouble="forbidden_address")
        assert asked == [(HOST, 443), ("other.example.com", 443)]
    finally:
        freed.set()
        await poster.close()


async def test_a_long_answer_is_read_to_a_bound_and_counts(app: App) -> None:
    app.answer = answering("200 Fine", body=b"x" * 5_000_000)
    assert await post(app.url) == Outcome(200)
    app.answer = b"HTTP/1.1 200 Fine\r\nContent-Length: 100\r\n\r\nless"
    assert await post(app.url) == Outcome(200)
    app.answer = b"HTTP/1.1 200 Fine\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnone"
    assert await post(app.url) == Outcome(200)


async def test_no_proxy_of_the_environment_is_asked(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert await post(app.url) == Outcome(204)


async def test_the_machines_own_name_server_is_asked_by_default(app: App) -> None:
    assert await post(f"http://localhost:{app.port}/hook") == Outcome(204)
    assert ssl.create_default_context().check_hostname
