"""Passwords that are replaced: by their owner, with an Admin's link, with an operator's."""

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import pytest

from services.gateway.domain.account import Account
from services.gateway.domain.roles import Role
from tests.gateway.house import AT, ONE, PASSWORD, PUBLIC, TWO, House, problem, sign_in
from tests.gateway.test_api_tries import known, strangers_guess
from tests.gateway.test_notes import noted

NEW = "another long password"
SetTime = Callable[[datetime], None]


async def change(client: httpx.AsyncClient, old: str = PASSWORD, new: str = NEW) -> httpx.Response:
    body = {"old_password": old, "new_password": new}
    return await client.post("/v1/session:change-password", json=body)


async def accept(house: House, token: str, password: str = NEW) -> httpx.Response:
    body = {"token": token, "password": password}
    return await house.client().post("/v1/resets:accept", json=body)


async def link(admin: httpx.AsyncClient, account: Account) -> str:
    answer = await admin.post(f"/v1/users/{account.id}:reset")
    assert answer.status_code == 201, answer.text
    token: str = answer.json()["token"]
    return token


async def comes(house: House, account: Account) -> httpx.AsyncClient:
    client = house.client()
    assert (await sign_in(client, account.email)).status_code == 201
    return client


async def test_a_changed_password_ends_all_other_sessions_and_renews_this_one(
    house: House, at: SetTime
) -> None:
    account = await house.account(role=Role.AGENT)
    other, client = await comes(house, account), await comes(house, account)
    before = client.cookies["sid"]
    at(AT + timedelta(minutes=20))
    answer = await change(client)
    assert answer.status_code == 200, answer.text
    assert answer.json()["user"]["id"] == account.id
    assert answer.json()["until"] == "2026-05-20T00:20:00Z"
    assert client.cookies["sid"] != before
    assert (await client.get("/v1/session")).status_code == 200
    assert (await other.get("/v1/session")).status_code == 401
    assert (await house.client(Cookie=f"sid={before}").get("/v1/session")).status_code == 401
    assert (await sign_in(house.client(), account.email)).status_code == 401
    assert (await sign_in(house.client(), account.email, NEW)).status_code == 201
    ((tenant, note),) = noted(house, "user.password_changed")
    assert (tenant, note.actor, note.object) == (ONE, f"user:{account.id}", account.id)
    assert note.facts == {"sessions_ended": 2}


async def test_without_the_old_password_nothing_changes(house: House) -> None:
    account = await house.account()
    client, other = await comes(house, account), await comes(house, account)
    answer = await change(client, old="not the password")
    assert (answer.status_code, problem(answer)) == (422, "wrong_password")
    assert (await other.get("/v1/session")).status_code == 200
    assert house.data.accounts[account.id].password == account.password
    ((tenant, note),) = noted(house, "user.password_refused")
    assert (tenant, note.outcome, note.reason) == (ONE, "refused", "wrong_password")
    assert "not the password" not in str(house.units.noted)


async def test_a_weak_new_password_is_refused(house: House) -> None:
    client = await house.signed_in()
    answer = await change(client, new="password1234")
    assert (answer.status_code, problem(answer)) == (422, "weak_password")
    assert (await change(client)).status_code == 200


async def test_who_has_a_session_does_not_guess_the_password_faster(
    house: House, at: SetTime
) -> None:
    account = await house.account()
    client = await comes(house, account)
    for _ in range(5):
        assert problem(await change(client, old="wrong")) == "wrong_password"
    waits = await change(client)
    assert (waits.status_code, waits.headers["retry-after"]) == (429, "1")
    del client.cookies["device"]
    for _ in range(5):
        assert problem(await change(client, old="wrong")) == "wrong_password"
    assert (await change(client)).status_code == 429
    assert (await sign_in(house.client(), account.email)).status_code == 429
    at(AT + timedelta(seconds=1))
    assert (await change(client)).status_code == 200


async def test_a_password_that_was_reset_meanwhile_is_not_changed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await house.account()
    client, other = await comes(house, account), await house.desk.passwords.hashed(NEW)
    hashed = house.desk.passwords.hashed

    async def meanwhile(password: str) -> str:
        await house.desk.store().accounts.set_password(account.id, other)
        fresh: str = await hashed(password)
        return fresh

    monkeypatch.setattr(house.desk.passwords, "hashed", meanwhile)
    assert problem(await change(client, new="yet another password")) == "wrong_password"
    assert house.data.accounts[account.id].password == other


async def test_an_admin_hands_over_a_link_and_learns_no_password(house: House) -> None:
    admin, agent = await house.signed_in(), await house.account(role=Role.AGENT)
    client = await comes(house, agent)
    answer = await admin.post(f"/v1/users/{agent.id}:reset")
    told = answer.json()
    assert (answer.status_code, told["user_id"]) == (201, agent.id)
    assert told["link"] == f"{PUBLIC}/reset#{told['token']}"
    assert told["expires_at"] == "2026-05-19T13:00:00Z"
    assert told["token"] not in str(house.data.resets)
    assert (await client.get("/v1/session")).status_code == 200
    accepted = await accept(house, told["token"])
    assert (accepted.status_code, accepted.content) == (204, b"")
    assert (await client.get("/v1/session")).status_code == 401
    assert (await sign_in(house.client(), agent.email)).status_code == 401
    assert (await sign_in(house.client(), agent.email, NEW)).status_code == 201
    assert (await admin.get("/v1/session")).status_code == 200
    found = noted(house, "user.reset_made", "user.password_reset")
    assert [(tenant, n.action, n.object) for tenant, n in found] == [
        (ONE, "user.reset_made", agent.id),
        (ONE, "user.password_reset", agent.id),
    ]
    assert (found[1][1].actor, found[1][1].facts) == (f"user:{agent.id}", {"sessions_ended": 1})
    assert told["token"] not in str(house.units.noted)


async def test_a_link_is_good_once_and_for_an_hour(house: House, at: SetTime) -> None:
    admin = await house.signed_in()
    used, late = await house.account(), await house.account()
    tokens = [await link(admin, used), await link(admin, late), "x" * 43]
    assert (await accept(house, tokens[0])).status_code == 204
    at(AT + timedelta(hours=1))
    gone = [await accept(house, token, "yet another password") for token in tokens]
    assert {(answer.status_code, problem(answer)) for answer in gone} == {(410, "reset_gone")}
    assert len({answer.content for answer in gone}) == 1
    assert house.data.accounts[late.id].password == late.password


async def test_a_second_link_voids_the_first(house: House) -> None:
    admin, agent = await house.signed_in(), await house.account()
    first, second = await link(admin, agent), await link(admin, agent)
    assert problem(await accept(house, first)) == "reset_gone"
    assert (await accept(house, second)).status_code == 204


async def test_a_weak_password_is_refused_and_the_link_stays(house: House) -> None:
    admin, agent = await house.signed_in(), await house.account()
    token = await link(admin, agent)
    assert problem(await accept(house, token, "password1234")) == "weak_password"
    assert (await accept(house, token)).status_code == 204


async def test_who_is_shut_out_is_not_let_in_by_a_link(house: House) -> None:
    admin, agent = await house.signed_in(), await house.account(role=Role.AGENT)
    token = await link(admin, agent)
    path = f"/v1/users/{agent.id}"
    assert (await admin.patch(path, json={"disabled": True})).status_code == 200
    assert problem(await accept(house, token)) == "reset_gone"
    refused = await admin.post(f"{path}:reset")
    assert (refused.status_code, problem(refused)) == (409, "user_disabled")
    assert (await admin.patch(path, json={"disabled": False})).status_code == 200
    assert problem(await accept(house, token)) == "reset_gone"
    assert (await accept(house, await link(admin, agent))).status_code == 204


async def test_a_password_that_was_changed_voids_the_link(house: House) -> None:
    admin, agent = await house.signed_in(), await house.account(role=Role.AGENT)
    token = await link(admin, agent)
    assert (await change(await comes(house, agent))).status_code == 200
    assert problem(await accept(house, token)) == "reset_gone"


async def test_an_admin_resets_nobody_of_another_agency(house: House) -> None:
    admin, theirs = await house.signed_in(ONE), await house.account(TWO)
    foreign, unknown = [
        await admin.post(f"/v1/users/{user}:reset") for user in (theirs.id, "usr_0")
    ]
    assert (foreign.status_code, foreign.content) == (404, unknown.content)
    assert not house.data.resets


async def test_a_link_leads_past_those_who_guess(house: House) -> None:
    """Who is held up by strangers in a new browser comes in by a link, and is known there."""
    admin, agent = await house.signed_in(), await house.account()
    assert (await strangers_guess(house, agent.email)).status_code == 429
    browser = house.client()
    body = {"token": await link(admin, agent), "password": NEW}
    assert (await browser.post("/v1/resets:accept", json=body)).status_code == 204
    assert (await sign_in(house.client(), agent.email, NEW)).status_code == 429
    assert (await sign_in(browser, agent.email, NEW)).status_code == 201


async def test_a_browser_stays_known_with_a_new_password(house: House) -> None:
    account = await house.account()
    browser = await known(house, account)
    await sign_in(browser, account.email)
    assert (await change(browser)).status_code == 200
    assert (await strangers_guess(house, account.email)).status_code == 429
    assert (await sign_in(browser, account.email, NEW)).status_code == 201


async def test_an_operator_lets_the_last_admin_in_again(house: House) -> None:
    admin = await house.account(email="last@example.com")
    body = {"tenant": ONE, "email": " Last@Example.com"}
    answer = await house.operator().post("/operator/v1/resets", json=body)
    assert answer.status_code == 201, answer.text
    assert (await accept(house, answer.json()["token"])).status_code == 204
    assert (await sign_in(house.client(), admin.email, NEW)).status_code == 201
    ((tenant, note),) = noted(house, "user.reset_made")
    assert (tenant, note.actor, note.object) == (ONE, "operator:ops", admin.id)


async def test_an_operator_helps_admins_of_the_agency_alone(house: House) -> None:
    await house.account(role=Role.AGENT, email="agent@example.com")
    await house.account(TWO, email="other@example.com")
    operator = house.operator()
    for tenant, email, code in (
        (ONE, "agent@example.com", "not_an_admin"),
        (ONE, "other@example.com", "unknown_user"),
        (ONE, "nobody@example.com", "unknown_user"),
        ("tenant0003", "other@example.com", "unknown_tenant"),
    ):
        body = {"tenant": tenant, "email": email}
        answer = await operator.post("/operator/v1/resets", json=body)
        assert (answer.status_code, problem(answer)) == (
            409 if code == "not_an_admin" else 404, code,
        )  # fmt: skip
    assert not house.data.resets
