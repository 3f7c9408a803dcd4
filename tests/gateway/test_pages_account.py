"""One's own account, and for an Admin where others are signed in: pages of the gateway alone."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest

from services.gateway.domain.roles import Role
from services.gateway.domain.session import IDLE
from services.gateway.pages import STATIC
from tests.gateway.house import AT, ONE, PASSWORD, TWO, House, sign_in
from tests.gateway.test_pages import Read

OTHER = "seven grey herons over water"
ROW = re.compile(r'data-session="(ses_[0-9a-f]+)"( data-this)?')


def reads(house: House) -> list[tuple[str | None, object]]:
    noted = [note for _, note in house.units.noted if note.action == "access.read"]
    return [(note.object, note.facts["operation"]) for note in noted]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
async def test_everybody_has_a_page_of_their_own(
    house: House, role: Role, language: str, direction: str
) -> None:
    house.tenant(ONE, language=language)
    client = await house.signed_in(ONE, role)
    answer = await client.get("/account")
    page = Read(answer.text)
    assert answer.status_code == 200
    assert page.all("html") == [{"lang": language, "dir": direction, "data-timezone": "UTC"}]
    assert not page.inline
    ways = [link for link in page.all("a") if link.get("href") == "/account"]
    assert [link.get("aria-current") for link in ways] == ["page"]
    assert [form["id"] for form in page.all("form")] == ["password"]
    assert ROW.findall(answer.text) == [(ROW.findall(answer.text)[0][0], " data-this")]
    assert reads(house) == []  # one's own are no reading of another's data


async def test_the_way_there_stands_on_every_page(house: House) -> None:
    admin = await house.signed_in(ONE)
    for path in ("/", "/users", "/usage", "/nowhere", "/customers"):
        answer = await admin.get(path)
        assert path == "/nowhere" or 'href="/account"' in answer.text
    stranger = await house.client().get("/account")
    assert stranger.status_code == 401
    assert 'id="sign-in"' in stranger.text


async def test_ones_sessions_are_shown_the_newest_first_and_no_others(house: House) -> None:
    me, other = await house.account(), await house.account()
    house.visitor(me, AT - IDLE)  # it has ended
    house.visitor(other)
    old = house.visitor(me, AT - timedelta(minutes=20))
    new = house.visitor(me, AT - timedelta(minutes=10))
    shown = ROW.findall((await new.get("/account")).text)
    assert [bool(this) for _, this in shown] == [True, False]
    assert [bool(this) for _, this in ROW.findall((await old.get("/account")).text)] == [
        False,
        True,
    ]
    assert 'id="end-others"' in (await new.get("/account")).text
    ended = await new.delete(f"/v1/sessions/{shown[1][0]}")
    assert ended.status_code == 204
    assert (await old.get("/account")).status_code == 401
    assert 'id="end-others"' not in (await new.get("/account")).text


async def test_who_changes_their_password_stays_signed_in_and_is_told(house: House) -> None:
    account = await house.account()
    client, elsewhere = house.client(), house.visitor(account)
    await sign_in(client, account.email)
    change = {"old_password": PASSWORD, "new_password": OTHER}
    assert (await client.post("/v1/session:change-password", json=change)).status_code == 200
    page = await client.get("/account?changed=true")
    assert page.status_code == 200
    assert "The new password holds." in body(page.text)
    assert "The new password holds." not in body((await client.get("/account")).text)
    assert (await elsewhere.get("/account")).status_code == 401


def test_what_is_wrong_with_a_password_is_said_at_its_field() -> None:
    script = STATIC["account.js"].read_text()
    fields = dict(
        re.findall(r'(\w+): "(\w+)"', script.partition("FIELD_OF = ")[2].partition(";")[0])
    )
    assert fields == {
        "wrong_password": "old_password",
        "weak_password": "new_password",
        "not_repeated": "repeated",
    }


async def test_an_admin_sees_who_is_at_work_and_an_auditor_does_not(
    house: House, at: Callable[[datetime], None]
) -> None:
    agent = await house.account(ONE, Role.AGENT)
    await house.account(ONE, Role.AGENT)
    house.visitor(agent, AT - timedelta(minutes=29))
    house.visitor(agent, AT - timedelta(minutes=7))
    house.visitor(agent, AT - IDLE)
    house.visitor(await house.account(TWO, Role.AGENT))
    admin = await house.signed_in(ONE)
    table = body((await admin.get("/users")).text)
    assert table.count('datetime="2026-05-19T11:53:00Z"') == 1
    assert table.count("not signed in") == 1
    assert f'href="/users/{agent.id}"' in table
    auditor = await house.signed_in(ONE, Role.AUDITOR)
    table = body((await auditor.get("/users")).text)
    assert "<time" not in table
    assert 'href="/users/' not in table


async def test_an_admin_ends_what_another_began_and_the_look_is_on_record(house: House) -> None:
    agent = await house.account(ONE, Role.AGENT)
    theirs = house.visitor(agent)
    admin = await house.signed_in(ONE)
    answer = await admin.get(f"/users/{agent.id}")
    assert answer.status_code == 200
    assert not Read(answer.text).inline
    assert reads(house) == [("sessions", "GET /users/{user_id}")]
    ((session, this),) = ROW.findall(answer.text)
    assert not this
    assert (await admin.delete(f"/v1/sessions/{session}")).status_code == 204
    assert (await theirs.get("/account")).status_code == 401
    assert "is not signed in anywhere" in body((await admin.get(f"/users/{agent.id}")).text)


async def test_a_link_to_a_new_password_is_offered_for_who_may_sign_in(house: House) -> None:
    agent = await house.account(ONE, Role.AGENT)
    shut = replace(await house.account(ONE, Role.AGENT), disabled=True)
    house.data.accounts[shut.id] = shut
    admin = await house.signed_in(ONE)
    offered = Read((await admin.get(f"/users/{agent.id}")).text)
    assert [form["id"] for form in offered.all("form")] == ["reset-link"]
    assert Read((await admin.get(f"/users/{shut.id}")).text).all("form") == []


async def test_whoever_is_anothers_is_nobody(house: House) -> None:
    theirs = await house.account(TWO, Role.AGENT)
    admin = await house.signed_in(ONE)
    pages: list[httpx.Response] = [await admin.get(f"/users/{one}") for one in (theirs.id, "usr_0")]
    assert {page.status_code for page in pages} == {404}
    assert pages[0].text == pages[1].text
    assert reads(house) == []


def body(html: str) -> str:
    """What is on the page, without the words for its script."""
    return html.partition("<main")[2]
