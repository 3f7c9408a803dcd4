"""Guessing is slow, and holds nobody up in a browser in which they signed in before."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest

from libs.common.keys import PLATFORM
from services.gateway.domain.account import Account
from services.gateway.domain.known import GOOD_FOR, MOST
from services.gateway.domain.throttle import LONGEST_WAIT
from services.gateway.domain.tries import PER_ADDRESS
from tests.gateway.house import AT, House, sign_in

SetTime = Callable[[datetime], None]


async def known(house: House, account: Account) -> httpx.AsyncClient:
    """A browser in which the account signed in before, and out."""
    browser = house.client()
    assert (await sign_in(browser, account.email)).status_code == 201
    await browser.delete("/v1/session")
    return browser


async def strangers_guess(house: House, email: str, tries: int = 5) -> httpx.Response:
    stranger = house.client()
    for _ in range(tries):
        assert (await sign_in(stranger, email, "wrong")).status_code == 401
    return await sign_in(stranger, email, "wrong")


async def test_strangers_hold_up_strangers_and_not_the_owners_browser(house: House) -> None:
    account = await house.account()
    browser = await known(house, account)
    assert (await strangers_guess(house, account.email)).status_code == 429
    assert (await sign_in(house.client(), account.email)).status_code == 429
    assert (await sign_in(browser, account.email)).status_code == 201


async def test_the_owner_who_comes_in_gives_strangers_no_new_tries(house: House) -> None:
    account = await house.account()
    browser = await known(house, account)
    assert (await strangers_guess(house, account.email)).status_code == 429
    assert (await sign_in(browser, account.email)).status_code == 201
    assert (await strangers_guess(house, account.email, 0)).status_code == 429


async def test_a_known_browser_has_its_own_few_tries(house: House, at: SetTime) -> None:
    account = await house.account()
    browser, other = await known(house, account), await known(house, account)
    for _ in range(5):
        assert (await sign_in(browser, account.email, "wrong")).status_code == 401
    waits = await sign_in(browser, account.email)
    assert (waits.status_code, waits.headers["retry-after"]) == (429, "1")
    assert (await sign_in(other, account.email)).status_code == 201
    assert (await sign_in(house.client(), account.email)).status_code == 201
    at(AT + timedelta(seconds=1))
    assert (await sign_in(browser, account.email)).status_code == 201


async def test_coming_in_again_makes_no_second_allowance(house: House) -> None:
    account = await house.account()
    browser = await known(house, account)
    earlier = browser.cookies["device"]
    await sign_in(browser, account.email)
    for _ in range(5):
        assert (await sign_in(browser, account.email, "wrong")).status_code == 401
    browser.cookies.set("device", earlier, domain="127.0.0.1", path="/")
    assert (await sign_in(browser, account.email)).status_code == 429


async def test_it_is_known_for_one_account_and_no_other(house: House) -> None:
    mine, theirs = await house.account(), await house.account()
    browser = await known(house, mine)
    assert (await strangers_guess(house, theirs.email)).status_code == 429
    assert (await sign_in(browser, theirs.email)).status_code == 429
    assert (await sign_in(browser, "nobody@example.com")).status_code == 401


async def test_a_shared_desk_is_known_for_each_who_works_there(house: House) -> None:
    people = [await house.account() for _ in range(MOST + 1)]
    browser = house.client()
    for person in people:
        assert (await sign_in(browser, person.email)).status_code == 201
    first, second, last = people[0], people[1], people[-1]
    for person, status in ((second, 201), (last, 201), (first, 429)):
        assert (await strangers_guess(house, person.email)).status_code == 429
        assert (await sign_in(browser, person.email)).status_code == status


@pytest.mark.parametrize("cookie", ["", "x", "AAAA", "é", "=", "A" * 5000])
async def test_a_cookie_that_is_not_ours_is_a_strangers(house: House, cookie: str) -> None:
    account = await house.account()
    assert (await strangers_guess(house, account.email)).status_code == 429
    client = house.client()
    client.headers = httpx.Headers([*client.headers.raw, (b"cookie", f"device={cookie}".encode())])
    assert (await sign_in(client, account.email)).status_code == 429


async def test_it_cannot_be_made_or_read_without_the_key(house: House) -> None:
    account = await house.account()
    browser = await known(house, account)
    sealed = base64.urlsafe_b64decode(browser.cookies["device"])
    assert account.id.encode() not in sealed
    other = house.running.keys.seal(PLATFORM, "another field", b"[]")
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    assert (await strangers_guess(house, account.email)).status_code == 429
    for forged in (other, changed, sealed[:8]):
        text = base64.urlsafe_b64encode(forged).decode()
        client = house.client(Cookie=f"device={text}")
        assert (await sign_in(client, account.email)).status_code == 429


async def test_a_browser_is_forgotten_after_half_a_year(house: House, at: SetTime) -> None:
    account = await house.account()
    browser = await known(house, account)
    for later, status in ((GOOD_FOR - timedelta(seconds=1), 201), (3 * GOOD_FOR, 429)):
        at(AT + later)
        assert (await strangers_guess(house, account.email)).status_code == 429
        assert (await sign_in(browser, account.email)).status_code == status


async def test_a_guesser_with_many_addresses_of_one_net_is_one(house: House) -> None:
    house.desk.site = replace(house.desk.site, proxies=1)
    said = []
    for number in range(PER_ADDRESS + 1):
        client = house.client(**{"X-Forwarded-For": f"2001:db8:1:2::{number:x}"})
        said.append((await sign_in(client, f"person{number}@example.com", "wrong")).status_code)
    assert (set(said[:-1]), said[-1]) == ({401}, 429)
    other = house.client(**{"X-Forwarded-For": "2001:db8:1:3::1"})
    assert (await sign_in(other, "person0@example.com", "wrong")).status_code == 401


async def test_what_is_unknown_waits_as_what_is_there(house: House, at: SetTime) -> None:
    there, gone = await house.account(), await house.account(disabled=True)
    now, said = AT, []
    for _ in range(10):
        answers = [
            await sign_in(house.client(), email, "wrong")
            for email in (there.email, gone.email, "nobody@example.com")
        ]
        assert len({(a.status_code, a.content, a.headers.get("retry-after")) for a in answers}) == 1
        said.append(answers[0].status_code)
        now += timedelta(seconds=int(answers[0].headers.get("retry-after", 0)))
        at(now)
    assert said.count(429) == 3
    assert now - AT < LONGEST_WAIT
