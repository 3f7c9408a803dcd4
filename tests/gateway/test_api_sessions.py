"""Sign-ins that last, as their owner and an Admin see and end them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from libs.common import clock
from services.gateway.api import live
from services.gateway.domain.account import Account
from services.gateway.domain.browser import device_of
from services.gateway.domain.roles import Role
from services.gateway.domain.session import ABSOLUTE, IDLE
from tests.gateway.house import AT, ONE, TWO, House, problem, served, sign_in
from tests.gateway.test_api_live import screen
from tests.gateway.test_notes import noted

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SetTime = Callable[[datetime], None]


async def comes(house: House, account: Account, **headers: str) -> httpx.AsyncClient:
    client = house.client(**headers)
    assert (await sign_in(client, account.email)).status_code == 201
    return client


async def listed(client: httpx.AsyncClient, **query: str) -> list[dict[str, Any]]:
    answer = await client.get("/v1/sessions", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def test_my_sessions_are_told_with_when_they_end(house: House, at: SetTime) -> None:
    agent = await house.account(role=Role.AGENT)
    await house.signed_in()
    early = await comes(house, agent, **{"User-Agent": FIREFOX})
    at(AT + timedelta(minutes=10))
    late = await comes(house, agent)
    newest, oldest = await listed(late)
    assert (newest["this"], oldest["this"]) == (True, False)
    assert (newest["device"], oldest["device"]) == (None, "computer")
    assert oldest["started_at"] == oldest["seen_at"] == "2026-05-19T12:00:00Z"
    assert oldest["ends_at"] == "2026-05-19T12:30:00Z"
    assert oldest["until"] == "2026-05-20T00:00:00Z"
    assert [session["this"] for session in await listed(early)] == [False, True]


async def test_a_session_is_named_apart_from_its_secret(house: House) -> None:
    client = await house.signed_in()
    (session,) = await listed(client)
    (kept,) = house.data.sessions.values()
    assert session["id"].startswith("ses_")
    assert kept.id not in str(session)
    assert session["id"].removeprefix("ses_") not in kept.id
    assert client.cookies["sid"] not in str(session)
    assert "Mozilla" not in str(kept)


async def test_a_session_without_a_name_of_its_own_is_listed_and_ended(house: House) -> None:
    agent = await house.account(role=Role.AGENT)
    old, new = await comes(house, agent), await comes(house, agent)
    for session in list(house.data.sessions.values()):
        house.data.sessions[session.id] = replace(session, public=None)
    assert (await old.get("/v1/session")).status_code == 200
    first, second = (session["id"] for session in await listed(new))
    assert first != second
    assert not [name for name in house.data.sessions if first.removeprefix("ses_") in name]
    (other,) = [session["id"] for session in await listed(new) if not session["this"]]
    assert (await new.delete(f"/v1/sessions/{other}")).status_code == 204
    assert (await old.get("/v1/session")).status_code == 401
    assert (await new.get("/v1/session")).status_code == 200


async def test_what_has_ended_is_not_listed(house: House, at: SetTime) -> None:
    agent = await house.account(role=Role.AGENT)
    idle = await comes(house, agent)
    (gone,) = await listed(idle)
    at(AT + IDLE)
    client = await comes(house, agent)
    assert [session["this"] for session in await listed(client)] == [True]
    assert (await client.delete(f"/v1/sessions/{gone['id']}")).status_code == 404


async def test_one_of_mine_is_ended_and_the_others_stay(house: House) -> None:
    agent = await house.account(role=Role.AGENT)
    lost, client = await comes(house, agent), await comes(house, agent)
    (other,) = [session["id"] for session in await listed(client) if not session["this"]]
    assert (await client.delete(f"/v1/sessions/{other}")).status_code == 204
    again = await lost.get("/v1/session")
    assert (again.status_code, problem(again)) == (401, "unauthenticated")
    assert (await client.get("/v1/session")).status_code == 200
    twice = await client.delete(f"/v1/sessions/{other}")
    assert twice.status_code == 404


async def test_ending_this_one_takes_the_cookie_back(house: House) -> None:
    client = await house.signed_in()
    (this,) = await listed(client)
    assert (await client.delete(f"/v1/sessions/{this['id']}")).status_code == 204
    assert "sid" not in client.cookies
    assert not house.data.sessions


async def test_all_others_are_ended_at_once(house: House) -> None:
    agent, admin = await house.account(role=Role.AGENT), await house.signed_in()
    others = [await comes(house, agent) for _ in range(3)]
    client = await comes(house, agent)
    answer = await client.post("/v1/sessions:end-others")
    assert (answer.status_code, answer.json()) == (200, {"ended": 3})
    assert {(await other.get("/v1/session")).status_code for other in others} == {401}
    assert (await client.get("/v1/session")).status_code == 200
    assert (await admin.get("/v1/session")).status_code == 200
    assert (await client.post("/v1/sessions:end-others")).json() == {"ended": 0}
    (_, note), *more = noted(house, "session.ended")
    assert not more
    assert (note.reason, note.facts) == ("others_ended", {"sessions_ended": 3})


async def test_an_admin_sees_and_ends_those_of_the_agencys_users(house: House) -> None:
    admin, agent = await house.signed_in(), await house.account(role=Role.AGENT)
    client = await comes(house, agent)
    house.units.noted.clear()
    (session,) = await listed(admin, user_id=agent.id)
    assert not session["this"]
    ((tenant, read),) = noted(house, "access.read")
    assert (tenant, read.object) == (ONE, "sessions")
    assert read.facts == {"operation": "GET /v1/sessions", "documents": 1}
    assert (await admin.delete(f"/v1/sessions/{session['id']}")).status_code == 204
    assert (await client.get("/v1/session")).status_code == 401
    ((tenant, note),) = noted(house, "session.ended")
    assert (tenant, note.object, note.reason) == (ONE, agent.id, "revoked")
    assert note.actor not in {f"user:{agent.id}", "unknown"}
    assert session["id"] not in str(house.units.noted)


async def test_an_agent_has_to_do_with_their_own_alone(house: House) -> None:
    other = await house.account(role=Role.ADMIN)
    theirs = (await listed(await comes(house, other)))[0]["id"]
    agent = await house.signed_in(role=Role.AGENT)
    for user in (other.id, "usr_0"):
        asked = await agent.get("/v1/sessions", params={"user_id": user})
        assert (asked.status_code, problem(asked)) == (403, "forbidden")
    foreign, nobodys = [await agent.delete(f"/v1/sessions/{n}") for n in (theirs, "ses_0")]
    assert (foreign.status_code, foreign.content) == (404, nobodys.content)
    assert len(house.data.sessions) == 2


async def test_sessions_of_another_agency_do_not_exist(house: House) -> None:
    theirs, admin = await house.account(TWO), await house.signed_in(ONE)
    (session,) = await listed(await comes(house, theirs))
    foreign, nobodys = [
        await admin.get("/v1/sessions", params={"user_id": user}) for user in (theirs.id, "usr_0")
    ]
    assert (foreign.status_code, foreign.content) == (404, nobodys.content)
    foreign, nobodys = [
        await admin.delete(f"/v1/sessions/{name}") for name in (session["id"], "ses_0")
    ]
    assert (foreign.status_code, foreign.content) == (404, nobodys.content)
    assert len(house.data.sessions) == 2


async def test_the_stream_of_an_ended_session_ends(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "CHECK_SECONDS", 0.05)
    admin, agent = await house.signed_in(), await house.account(role=Role.AGENT)
    client = await comes(house, agent)
    (session,) = await listed(client)
    async with served(house.front) as url, screen(url, client) as page:
        await page.next()
        assert (await admin.delete(f"/v1/sessions/{session['id']}")).status_code == 204
        assert await page.ends()


async def test_the_answer_tells_when_the_session_ends(house: House, at: SetTime) -> None:
    client = await house.signed_in()
    for minutes in range(0, 12 * 60, 20):
        now = AT + timedelta(minutes=minutes)
        at(now)
        told = (await client.get("/v1/session")).json()
        assert datetime.fromisoformat(told["ends_at"]) == min(now + IDLE, AT + ABSOLUTE)
        assert datetime.fromisoformat(told["until"]) == AT + ABSOLUTE


@pytest.fixture
def shifted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Moves the platform's own clock, as drills do: by the file that it follows."""
    monkeypatch.undo()
    clock.follow(tmp_path / "clock")

    def shift(**by: int) -> None:
        (tmp_path / "clock").write_text(str(timedelta(**by).total_seconds()))

    yield shift
    clock.follow(None)


async def test_both_limits_hold_by_the_platforms_own_clock(
    house: House, shifted: Callable[..., None]
) -> None:
    shifted(minutes=0)
    client = await house.signed_in()
    shifted(minutes=29)
    assert (await client.get("/v1/session")).status_code == 200
    shifted(minutes=60)
    assert (await client.get("/v1/session")).status_code == 401
    client = await house.signed_in()
    for minutes in range(60, 60 + 12 * 60, 20):
        shifted(minutes=minutes)
        assert (await client.get("/v1/session")).status_code == 200
    shifted(minutes=60 + 12 * 60)
    assert (await client.get("/v1/session")).status_code == 401


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (FIREFOX, "computer"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140", "computer"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17 Safari/605", "computer"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148", "phone"),
        ("Mozilla/5.0 (Linux; Android 10; K) Chrome/140 Mobile Safari/537.36", "phone"),
        ("Mozilla/5.0 (Linux; Android 10; K) Chrome/140 Safari/537.36", "tablet"),
        ("Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) Mobile/15E148", "tablet"),
        ("python-httpx/0.28", None),
        ("", None),
    ],
)
def test_of_a_browser_a_word_is_kept(agent: str, device: str | None) -> None:
    assert device_of(agent) == device
