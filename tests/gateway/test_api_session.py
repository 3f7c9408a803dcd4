from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

import pytest

from services.gateway.domain.roles import Role
from services.gateway.domain.session import ABSOLUTE, IDLE
from services.gateway.domain.site import Site
from tests.gateway.house import AT, ONE, PASSWORD, PUBLIC, TWO, House, problem, sign_in

SetTime = Callable[[datetime], None]


async def test_signing_in_tells_who_where_and_what(house: House) -> None:
    account = await house.account(role=Role.AGENT, email="amal@example.com")
    client = house.client()
    answer = await sign_in(client, " Amal@Example.COM ")
    assert answer.status_code == 201
    told = answer.json()
    assert told["user"]["id"] == account.id
    assert told["tenant"]["id"] == ONE
    assert "live:read" in told["scopes"]
    assert "users:write" not in told["scopes"]
    assert (await client.get("/v1/session")).json() == told


async def test_the_cookie_is_secret_and_only_its_digest_is_kept(house: House) -> None:
    account = await house.account()
    answer = await sign_in(house.client(), account.email)
    cookie, device = answer.headers.get_list("set-cookie")
    assert cookie.startswith("sid=")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert device.startswith("device=")
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(device.split("; "))
    assert "Secure" not in cookie + device
    (kept,) = house.data.sessions.values()
    secret = answer.cookies["sid"]
    assert len(secret) >= 43
    assert kept.id == sha256(secret.encode()).hexdigest()


async def test_over_tls_the_cookie_is_bound_to_the_host(house: House) -> None:
    house.desk.site = Site("https://console.example.com")
    account = await house.account()
    client = house.client()
    client.headers["Origin"] = "https://console.example.com"
    answer = await sign_in(client, account.email)
    cookie, device = answer.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-sid=")
    assert device.startswith("__Host-device=")
    for given in (cookie, device):
        assert {"Secure", "HttpOnly", "Path=/"} <= set(given.split("; "))
        assert "Domain" not in given


async def test_wrong_unknown_and_disabled_are_answered_alike(house: House) -> None:
    known = await house.account()
    disabled = await house.account(disabled=True)
    client = house.client()
    answers = [
        await sign_in(client, known.email, "not the password"),
        await sign_in(client, "nobody@example.com"),
        await sign_in(client, "no address"),
        await sign_in(client, disabled.email),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert not house.data.sessions


async def test_an_unknown_user_costs_one_comparison_too(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []

    def verify(stored: str, _: str) -> bool:
        compared.append(stored)
        return True

    monkeypatch.setattr(house.desk.passwords, "_verify", verify)
    assert (await sign_in(house.client(), "nobody@example.com")).status_code == 401
    assert [stored[:9] for stored in compared] == ["$argon2id"]


async def test_signing_in_again_makes_a_new_session_and_ends_the_old_one(house: House) -> None:
    account = await house.account()
    client = house.client()
    first = (await sign_in(client, account.email)).cookies["sid"]
    second = (await sign_in(client, account.email)).cookies["sid"]
    assert first != second
    assert len(house.data.sessions) == 1
    assert (await house.client(Cookie=f"sid={first}").get("/v1/session")).status_code == 401


async def test_signing_out_ends_the_session_on_the_server(house: House) -> None:
    client = await house.signed_in()
    cookie = client.cookies["sid"]
    answer = await client.delete("/v1/session")
    assert answer.status_code == 204
    assert "sid" not in client.cookies
    later = await house.client(Cookie=f"sid={cookie}").get("/v1/session")
    assert (later.status_code, problem(later)) == (401, "unauthenticated")


async def test_a_session_ends_when_idle(house: House, at: SetTime) -> None:
    client = await house.signed_in()
    at(AT + IDLE - timedelta(seconds=1))
    assert (await client.get("/v1/session")).status_code == 200
    at(AT + IDLE + timedelta(minutes=20))
    assert (await client.get("/v1/session")).status_code == 200
    at(AT + 3 * IDLE)
    assert (await client.get("/v1/session")).status_code == 401


async def test_a_session_ends_after_half_a_day_however_busy(house: House, at: SetTime) -> None:
    client = await house.signed_in()
    moment = AT
    while moment < AT + ABSOLUTE:
        at(moment)
        assert (await client.get("/v1/session")).status_code == 200
        moment += timedelta(minutes=20)
    at(AT + ABSOLUTE)
    assert (await client.get("/v1/session")).status_code == 401


async def test_guessing_becomes_slow_and_the_right_password_waits_too(
    house: House, at: SetTime
) -> None:
    account = await house.account()
    client = house.client()
    for _ in range(5):
        assert (await sign_in(client, account.email, "wrong")).status_code == 401
    waits = await sign_in(client, account.email)
    assert (waits.status_code, problem(waits)) == (429, "too_many_tries")
    assert waits.headers["retry-after"] == "1"
    at(AT + timedelta(seconds=1))
    assert (await sign_in(client, account.email, "wrong")).status_code == 401
    assert (await sign_in(client, account.email)).headers["retry-after"] == "2"
    at(AT + timedelta(seconds=3))
    assert (await sign_in(client, account.email)).status_code == 201
    assert (await sign_in(client, account.email, "wrong")).status_code == 401


async def test_one_address_cannot_try_many_accounts(house: House) -> None:
    client = house.client()
    for n in range(30):
        assert (await sign_in(client, f"user{n}@example.com")).status_code == 401
    assert (await sign_in(client, "another@example.com")).status_code == 429
    account = await house.account(TWO)
    assert (await sign_in(client, account.email)).status_code == 429


async def test_no_session_begins_with_a_password_that_was_replaced_meanwhile(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await house.account()
    other = await house.desk.passwords.hashed("another long password")
    fits = house.desk.passwords.fits

    async def meanwhile(stored: str | None, password: str) -> bool:
        same: bool = await fits(stored, password)
        await house.desk.store().accounts.set_password(account.id, other)
        return same

    monkeypatch.setattr(house.desk.passwords, "fits", meanwhile)
    answer = await sign_in(house.client(), account.email)
    assert (answer.status_code, problem(answer)) == (401, "wrong_credentials")
    assert not house.data.sessions
    assert house.data.accounts[account.id].password == other


async def test_an_office_that_signs_in_is_not_slowed_down(house: House) -> None:
    account = await house.account()
    for _ in range(35):
        assert (await sign_in(house.client(), account.email)).status_code == 201


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": PUBLIC}, 201),
        ({"Origin": PUBLIC, "Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": PUBLIC, "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, 403),
    ],
)
async def test_a_change_must_begin_on_our_own_pages(
    house: House, headers: dict[str, str], status: int
) -> None:
    account = await house.account()
    client = house.client()
    del client.headers["Origin"]
    body = {"email": account.email, "password": PASSWORD}
    answer = await client.post("/v1/session", json=body, headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert problem(answer) == "foreign_origin"


async def test_a_form_cannot_sign_anybody_in(house: House) -> None:
    body = {"email": "a@example.com", "password": PASSWORD}
    answer = await house.client().post("/v1/session", data=body)
    assert answer.status_code in {415, 422}
    assert PASSWORD not in answer.text


async def test_errors_repeat_nothing_that_was_sent(house: House) -> None:
    answer = await house.client().post("/v1/session", json={"email": ["+12025550143"], "x": "y"})
    assert answer.status_code == 422
    assert "2025550143" not in answer.text


async def test_answers_are_not_to_be_kept(house: House) -> None:
    client = await house.signed_in()
    answer = await client.get("/v1/session")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
