"""Keys, as Admins make them and programs come with them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from zlib import crc32

import httpx
import pytest

from services.gateway.domain.key import LONGEST, MOST, new_key
from services.gateway.domain.roles import Role
from tests.gateway.house import AT, ONE, TWO, House, problem
from tests.gateway.memory import MemoryKeys
from tests.gateway.programs import issued, program

SetTime = Callable[[datetime], None]
DAY = timedelta(days=1)


async def said(client: httpx.AsyncClient, path: str = "/v1/numbers") -> httpx.Response:
    return await client.get(path)


async def test_a_key_is_shown_once_and_only_its_digest_is_kept(house: House) -> None:
    made = await issued(house, "calls:read", "numbers:read")
    (kept,) = house.data.keys.values()
    assert kept.digest == sha256(made["key"].encode()).hexdigest()
    assert made["key"] not in str(house.data)
    assert (kept.tenant, kept.id, made["name"]) == (ONE, made["id"], "Policy system")
    assert made["scopes"] == ["calls:read", "numbers:read"]
    admin = await house.signed_in()
    listed = (await admin.get("/v1/keys")).json()["data"]
    assert listed == [{name: value for name, value in made.items() if name != "key"}]
    (creator,) = [a.id for a in house.data.accounts.values() if a.id == kept.created_by]
    assert listed[0]["created_by"] == creator


async def test_the_name_of_a_key_is_more_than_blanks(house: House) -> None:
    admin, new = await house.signed_in(), {"scopes": ["calls:read"]}
    refused = await admin.post("/v1/keys", json={**new, "name": "  "})
    assert (refused.status_code, problem(refused)) == (422, "invalid_request")
    made = await admin.post("/v1/keys", json={**new, "name": " CRM "})
    assert (made.status_code, made.json()["name"]) == (201, "CRM")
    assert (await admin.get("/v1/keys")).status_code == 200


async def test_a_program_needs_neither_cookie_nor_origin(house: House) -> None:
    app = program(house, (await issued(house, "numbers:read"))["key"])
    answer = await said(app)
    assert (answer.status_code, answer.json()["data"]) == (200, [])
    assert "set-cookie" not in answer.headers
    assert "ratelimit" in answer.headers
    assert answer.headers["ratelimit-policy"].startswith('"key";q=')


async def test_its_last_use_is_written_down_to_the_minute(house: House, at: SetTime) -> None:
    made = await issued(house, "numbers:read")
    app, admin = program(house, made["key"]), await house.signed_in()

    async def used() -> Any:
        return (await admin.get("/v1/keys")).json()["data"][0]["last_used_at"]

    assert await used() is None
    await said(app)
    at(AT + timedelta(seconds=59))
    await said(app)
    assert await used() == "2026-05-19T12:00:00Z"
    at(AT + timedelta(seconds=61))
    await said(app)
    assert await used() == "2026-05-19T12:01:01Z"


async def test_a_revoked_key_is_refused_at_once(house: House) -> None:
    first, second = await issued(house, "numbers:read"), await issued(house, "numbers:read")
    old, new = program(house, first["key"]), program(house, second["key"])
    assert [(await said(app)).status_code for app in (old, new)] == [200, 200]
    admin = await house.signed_in()
    assert (await admin.delete(f"/v1/keys/{first['id']}")).status_code == 204
    assert [(await said(app)).status_code for app in (old, new)] == [401, 200]
    assert (await admin.delete(f"/v1/keys/{first['id']}")).status_code == 204
    listed = (await admin.get("/v1/keys")).json()["data"]
    revoked = {key["id"]: key["revoked_at"] for key in listed}
    assert revoked == {first["id"]: "2026-05-19T12:00:00Z", second["id"]: None}


async def test_whatever_is_wrong_with_a_key_the_answer_is_the_same(
    house: House, at: SetTime
) -> None:
    good, gone = await issued(house, "numbers:read"), await issued(house, "numbers:read")
    late = await issued(house, "numbers:read", expires_at=(AT + DAY).isoformat())
    admin = await house.signed_in()
    await admin.delete(f"/v1/keys/{gone['id']}")
    at(AT + DAY)
    other = new_key()[1]
    guessed = _with_secret_of(good["key"], other)
    wrong = ["", "ink_live_", "eyJx.y.z", good["key"][:-1], other, guessed, gone["key"]]
    answers = [await said(program(house, key)) for key in (*wrong, late["key"])]
    assert {answer.status_code for answer in answers} == {401}
    assert {problem(answer) for answer in answers} == {"unauthenticated"}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(_named(answer)) for answer in answers}) == 1
    assert answers[0].headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert not [key for key in (*wrong[3:], late["key"]) if key in answers[0].text]
    assert (await said(program(house, good["key"]))).status_code == 200


async def test_a_mistyped_key_is_not_looked_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await issued(house, "numbers:read")
    asked: list[str] = []

    async def nobodys(_: MemoryKeys, key: str) -> None:
        asked.append(key)

    monkeypatch.setattr(MemoryKeys, "get", nobodys)
    for key in (made["key"][:-1], f"{made['key'][:-1]}!", made["key"].replace("live", "test")):
        assert (await said(program(house, key))).status_code == 401
    assert asked == []
    assert (await said(program(house, made["key"]))).status_code == 401
    assert asked == [made["id"]]


async def test_a_key_and_a_session_together_are_refused(house: House) -> None:
    made, admin = await issued(house, "numbers:read"), await house.signed_in()
    answer = await admin.get("/v1/numbers", headers={"Authorization": f"Bearer {made['key']}"})
    assert (answer.status_code, problem(answer)) == (400, "two_credentials")
    elsewhere = await admin.get("/v1/numbers", headers={"Authorization": "Bearer of-a-proxy"})
    assert elsewhere.status_code == 200


async def test_a_key_signs_nobody_in_and_needs_the_origin_for_what_is_open(house: House) -> None:
    app = program(house, (await issued(house))["key"])
    answer = await app.post("/v1/session", json={"email": "a@example.com", "password": "x"})
    assert (answer.status_code, problem(answer)) == (403, "foreign_origin")


async def test_a_missing_scope_is_named(house: House) -> None:
    app = program(house, (await issued(house, "numbers:read"))["key"])
    answer = await said(app, "/v1/usage")
    assert (answer.status_code, problem(answer)) == (403, "missing_scope")
    assert "`usage:read`" in answer.json()["detail"]
    assert 'scope="usage:read"' in answer.headers["www-authenticate"]
    for path, scope in (("/v1/users", "users:read"), ("/v1/session", "session")):
        answer = await said(app, path)
        assert (answer.status_code, problem(answer)) == (403, "not_for_keys")
        assert f"`{scope}`" in answer.json()["detail"]


@pytest.mark.parametrize(
    "scopes",
    [[], ["users:read"], ["keys:write"], ["privacy:decide"], ["session"], ["known"], ["x:y"]],
)
async def test_no_key_is_made_for_what_is_for_people(house: House, scopes: list[str]) -> None:
    admin = await house.signed_in()
    answer = await admin.post("/v1/keys", json={"name": "App", "scopes": scopes})
    assert answer.status_code == 422
    assert not house.data.keys


@pytest.mark.parametrize("ends", [AT, AT - DAY, AT + LONGEST + DAY])
async def test_a_key_ends_in_the_future_and_within_a_year(house: House, ends: datetime) -> None:
    admin = await house.signed_in()
    body = {"name": "App", "scopes": ["calls:read"], "expires_at": ends.isoformat()}
    answer = await admin.post("/v1/keys", json=body)
    assert (answer.status_code, problem(answer)) == (422, "bad_expiry")


async def test_an_agency_has_only_so_many_keys_and_room_when_one_is_over(house: House) -> None:
    admin, other = await house.signed_in(), await house.signed_in(TWO)
    body = {"name": "App", "scopes": ["calls:read"]}
    made = [(await admin.post("/v1/keys", json=body)).json() for _ in range(MOST)]
    refused = await admin.post("/v1/keys", json=body)
    assert (refused.status_code, problem(refused)) == (409, "too_many_keys")
    assert str(MOST) in refused.json()["detail"]
    assert (await other.post("/v1/keys", json=body)).status_code == 201
    await admin.delete(f"/v1/keys/{made[0]['id']}")
    assert (await admin.post("/v1/keys", json=body)).status_code == 201


async def test_another_agencys_key_is_one_that_nobody_has(house: House) -> None:
    theirs, admin = await issued(house, tenant=TWO), await house.signed_in(ONE)
    answers = [await admin.delete(f"/v1/keys/{name}") for name in (theirs["id"], "key_0")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert (await admin.get("/v1/keys")).json()["data"] == []
    assert house.data.keys[theirs["id"]].revoked_at is None


async def test_agents_make_no_keys(house: House) -> None:
    agent = await house.signed_in(role=Role.AGENT)
    body = {"name": "App", "scopes": ["calls:read"]}
    answers = [await agent.get("/v1/keys"), await agent.post("/v1/keys", json=body)]
    assert [problem(answer) for answer in answers] == ["forbidden", "forbidden"]


async def test_usage_names_the_key(house: House) -> None:
    made = await issued(house, "numbers:read")
    house.desk.waiting.take()
    await said(program(house, made["key"]))
    ((use,),) = house.desk.waiting.take().values()
    assert (use.tenant, use.user, use.operation) == (ONE, made["id"], "GET /v1/numbers")


def _with_secret_of(key: str, other: str) -> str:
    """The id of one and the secret of another, as somebody would guess: the checksum fits."""
    whole = f"{key[:30]}{other[30:-8]}"
    return f"{whole}{crc32(whole.encode()):08x}"


def _named(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(k, v) for k, v in answer.headers.items() if k not in {"ratelimit", "traceparent"}]
