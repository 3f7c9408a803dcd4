from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import pytest

from services.gateway.domain.roles import Role
from tests.gateway.house import AT, ONE, PASSWORD, PUBLIC, TWO, House, problem, sign_in

NEW = "another long password"


async def accept(house: House, token: str, password: str = NEW) -> httpx.Response:
    body = {"token": token, "name": "Bashir", "password": password}
    return await house.client().post("/v1/invitations:accept", json=body)


async def invited(house: House, admin: httpx.AsyncClient, email: str = "b@example.com") -> str:
    answer = await admin.post("/v1/users", json={"email": email, "role": "agent"})
    assert answer.status_code == 201, answer.text
    token: str = answer.json()["token"]
    return token


async def test_an_invited_person_sets_a_password_and_signs_in(house: House) -> None:
    admin = await house.signed_in()
    answer = await admin.post("/v1/users", json={"email": "B@Example.com ", "role": "agent"})
    told = answer.json()
    assert (told["email"], told["role"]) == ("b@example.com", "agent")
    assert told["link"] == f"{PUBLIC}/invitation#{told['token']}"
    assert told["token"] not in str(house.data.invitations)
    joined = await accept(house, told["token"])
    assert joined.status_code == 201
    client = house.client()
    session = (await sign_in(client, "b@example.com", NEW)).json()
    assert (session["user"]["role"], session["tenant"]["id"]) == ("agent", ONE)
    names = [user["email"] for user in (await admin.get("/v1/users")).json()["data"]]
    assert "b@example.com" in names


async def test_an_invitation_is_good_once_and_for_a_week(
    house: House, at: Callable[[datetime], None]
) -> None:
    admin = await house.signed_in()
    used, late = await invited(house, admin), await invited(house, admin, "c@example.com")
    assert (await accept(house, used)).status_code == 201
    at(AT + timedelta(days=7))
    gone = [await accept(house, token) for token in (used, late, "x" * 43)]
    assert {problem(answer) for answer in gone} == {"invitation_gone"}
    assert len({answer.content for answer in gone}) == 1


async def test_a_second_invitation_voids_the_first(house: House) -> None:
    admin = await house.signed_in()
    first, second = await invited(house, admin), await invited(house, admin)
    assert problem(await accept(house, first)) == "invitation_gone"
    assert (await accept(house, second)).status_code == 201


@pytest.mark.parametrize("weak", ["short", "password1234", "aaaaaaaaaaaaaaa", "123456789012"])
async def test_weak_passwords_are_refused_and_the_invitation_stays(house: House, weak: str) -> None:
    token = await invited(house, await house.signed_in())
    refused = await accept(house, token, weak)
    assert (refused.status_code, problem(refused)) == (422, "weak_password")
    assert weak not in refused.text
    assert (await accept(house, token)).status_code == 201


async def test_an_address_of_another_agency_is_not_given_away(house: House) -> None:
    await house.account(TWO, email="taken@example.com")
    admin = await house.signed_in()
    token = await invited(house, admin, "taken@example.com")
    assert problem(await accept(house, token)) == "invitation_gone"
    assert len(house.data.accounts) == 2


async def test_an_own_user_is_not_invited_again(house: House) -> None:
    admin = await house.signed_in()
    await house.account(email="b@example.com")
    answer = await admin.post("/v1/users", json={"email": "b@example.com", "role": "admin"})
    assert (answer.status_code, problem(answer)) == (409, "user_exists")


async def test_users_of_another_agency_do_not_exist(house: House) -> None:
    theirs = await house.account(TWO)
    admin = await house.signed_in(ONE)
    listed = (await admin.get("/v1/users")).json()["data"]
    assert theirs.id not in {user["id"] for user in listed}
    foreign = await admin.patch(f"/v1/users/{theirs.id}", json={"disabled": True})
    unknown = await admin.patch("/v1/users/usr_0", json={"disabled": True})
    assert foreign.status_code == 404
    assert foreign.content == unknown.content
    assert house.data.accounts[theirs.id] == theirs


async def test_disabling_a_user_ends_their_sessions(house: House) -> None:
    admin = await house.signed_in()
    agent = await house.account(role=Role.AGENT)
    client = house.client()
    await sign_in(client, agent.email)
    answer = await admin.patch(f"/v1/users/{agent.id}", json={"disabled": True})
    assert answer.json()["disabled"] is True
    assert (await client.get("/v1/session")).status_code == 401
    assert (await sign_in(client, agent.email, PASSWORD)).status_code == 401


async def test_a_new_role_asks_for_a_new_session(house: House) -> None:
    admin = await house.signed_in()
    agent = await house.account(role=Role.AGENT)
    client = house.client()
    await sign_in(client, agent.email)
    assert (await client.get("/v1/users")).status_code == 403
    await admin.patch(f"/v1/users/{agent.id}", json={"role": "admin"})
    assert (await client.get("/v1/users")).status_code == 401
    await sign_in(client, agent.email)
    assert (await client.get("/v1/users")).status_code == 200


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "agent"}])
async def test_links_of_somebody_who_is_no_admin_any_more_are_void(
    house: House, change: dict[str, object]
) -> None:
    admin, account, other = await house.signed_in(), await house.account(), await house.account()
    leaver = house.visitor(account)
    whom = {"email": "second.self@example.com", "role": "admin"}
    token = (await leaver.post("/v1/users", json=whom)).json()["token"]
    reset = (await leaver.post(f"/v1/users/{other.id}:reset")).json()["token"]
    kept = (await admin.post("/v1/users", json={**whom, "email": "new@example.com"})).json()
    assert (await admin.patch(f"/v1/users/{account.id}", json=change)).status_code == 200
    person = {"name": "Amal", "password": PASSWORD}
    stranger = house.client()
    refused = await stranger.post("/v1/invitations:accept", json={"token": token, **person})
    assert (refused.status_code, problem(refused)) == (410, "invitation_gone")
    new = {"token": reset, "password": PASSWORD}
    refused = await stranger.post("/v1/resets:accept", json=new)
    assert (refused.status_code, problem(refused)) == (410, "reset_gone")
    joined = await stranger.post("/v1/invitations:accept", json={"token": kept["token"], **person})
    assert joined.status_code == 201


async def test_a_name_is_more_than_blanks(house: House) -> None:
    admin, stranger = await house.signed_in(), house.client()
    whom = {"email": "new@example.com", "role": "agent"}
    token = (await admin.post("/v1/users", json=whom)).json()["token"]
    person = {"token": token, "password": PASSWORD}
    refused = await stranger.post("/v1/invitations:accept", json={**person, "name": " \t"})
    assert (refused.status_code, problem(refused)) == (422, "invalid_request")
    joined = await stranger.post("/v1/invitations:accept", json={**person, "name": " Amal "})
    assert joined.json()["name"] == "Amal"


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "agent"}])
async def test_the_last_admin_stays(house: House, change: dict[str, object]) -> None:
    admin = await house.signed_in()
    (only,) = house.data.accounts.values()
    await house.account(role=Role.ADMIN, disabled=True)
    await house.account(TWO, role=Role.ADMIN)
    answer = await admin.patch(f"/v1/users/{only.id}", json=change)
    assert (answer.status_code, problem(answer)) == (409, "last_admin")
    await house.account(role=Role.ADMIN)
    assert (await admin.patch(f"/v1/users/{only.id}", json=change)).status_code == 200
