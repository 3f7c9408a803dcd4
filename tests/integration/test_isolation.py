"""Two agencies behind one door: for every operation of the document, neither reaches the other's.

Each operation with an id in its path is asked three times: by the owner (200), by the other
agency with the owner's id, and by the other agency with an id that nobody has. The last two
answers are the same to the byte. What an agency names itself (templates, senders, safeguards) it
may name as another does. An operation without a recipe here fails the test.
"""

from typing import Any

import httpx
import pytest_asyncio

from deploy.local.agency import Person
from deploy.local.platform import Platform
from tests.integration.owned import (
    BODIES,
    NAMING,
    NOT_NOW,
    REFERENCE,
    REQUESTS,
    SETTINGS,
    TEXT,
    TEXTED,
    Owned,
    ask,
    possess,
)
from tests.support.office import check, note
from tests.support.platform import SA, US, Outside, until

OPEN = {"POST /v1/session", "POST /v1/invitations:accept", "POST /v1/resets:accept"}
NOBODY, LATER = "+13035550166", "+13035550167"
PROOFS = {"GET /v1/audit/proofs"}  # of one entry, not a list
OWN = {"GET /v1/session", "DELETE /v1/session", "GET /v1/openapi.json", "GET /v1/live"}


@pytest_asyncio.fixture
async def owned(outside: Outside) -> Owned:
    """One of each thing, made by the first agency."""
    return await possess(outside)


async def _operations(person: Person) -> dict[str, dict[str, Any]]:
    document = (await person.http.get("/v1/openapi.json")).json()
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in {"get", "put", "post", "patch", "delete"}
    }


LOOKED_AT = {
    "POST /v1/customers:find",
    "POST /v1/messages",
    "POST /v1/messages:check",
    "POST /v1/conversations:find",
    "POST /v1/consents",
    "POST /v1/consents:find",
    "POST /v1/consents:import",
    "POST /v1/privacy/requests",
}
NAME_NOTHING = {
    "POST /v1/customers",
    "POST /v1/imports",
    "POST /v1/users",
    "POST /v1/keys",
    "POST /v1/sessions:end-others",
    "POST /v1/webhooks",
    "POST /v1/session:change-password",
}
OTHERS = {"text": "Other words", "reference": "other-7", "authority": "Another"}


async def test_an_id_of_another_agency_is_an_id_that_nobody_has(
    outside: Outside, owned: Owned
) -> None:
    mine, other = await outside.person(US, "admin"), await outside.person(SA, "admin")
    operations = {name for name in await _operations(mine) if "{" in name} - NAMING - SETTINGS
    assert len(operations) >= 16
    deletions_last = sorted(sorted(operations), key=lambda name: name.startswith("DELETE"))
    for operation in deletions_last:
        method, _, template = operation.partition(" ")
        real = owned.values(operation)
        unknown = {name: "ZZ" if name == "region" else _nobodys(one) for name, one in real.items()}
        foreign = await ask(other, method, template.format(**real), operation)
        nobody = await ask(other, method, template.format(**unknown), operation)
        own = await ask(mine, method, template.format(**real), operation)
        assert own.is_success or own.status_code == NOT_NOW.get(operation), operation
        assert (foreign.status_code, nobody.status_code) == (404, 404), operation
        assert foreign.content == nobody.content, operation
        assert _named(foreign) == _named(nobody), operation


async def test_a_page_about_what_is_anothers_is_one_about_nothing(
    outside: Outside, owned: Owned
) -> None:
    mine, other = await outside.person(US, "admin"), await outside.person(SA, "admin")
    pages = {
        "customers": "customer_id",
        "imports": "import_id",
        "requests": "request_id",
        "webhooks": "webhook_id",
    }
    for page, parameter in pages.items():
        real = owned.ids[parameter]
        assert (await mine.http.get(f"/{page}/{real}")).status_code == 200
        foreign = await other.http.get(f"/{page}/{real}")
        nobody = await other.http.get(f"/{page}/{_nobodys(real)}")
        assert (foreign.status_code, nobody.status_code) == (404, 404)
        assert foreign.content == nobody.content
        assert _named(foreign) == _named(nobody)


async def test_a_name_of_another_agency_is_free_to_take(outside: Outside, owned: Owned) -> None:
    mine, other = await outside.person(US, "admin"), await outside.person(SA, "admin")
    operations = {name for name in await _operations(mine) if name.startswith("PUT ")}
    assert operations >= NAMING
    for operation in sorted(NAMING):
        template = operation.partition(" ")[2]
        path, shelf = template.format(**owned.ids), template.rpartition("/")[0]
        before = (await mine.http.get(shelf)).text
        body = {name: OTHERS.get(name, value) for name, value in BODIES[operation].items()}
        put = await other.http.put(path, json=body)
        assert put.is_success, operation
        assert not [mark for mark in (TEXT, REFERENCE) if mark in put.text], operation
        assert (await mine.http.get(shelf)).text == before, operation
        assert (await other.http.delete(path)).is_success, operation
        assert (await mine.http.get(shelf)).text == before, operation


async def test_what_an_agency_sets_is_set_for_no_other(outside: Outside) -> None:
    mine, other = await outside.person(US, "admin"), await outside.person(SA, "admin")
    for operation in sorted(SETTINGS):
        path = operation.partition(" ")[2].format(category="messages")
        shelf = path.rpartition("/")[0]
        before = (await mine.http.get(shelf)).json()
        assert (await ask(other, "PUT", path, operation)).is_success
        assert (await mine.http.get(shelf)).json() == before
        assert (await other.http.put(path, json={"days": None})).is_success


async def test_a_body_that_names_what_is_anothers_names_nothing(
    outside: Outside, owned: Owned
) -> None:
    other, line = await outside.person(SA, "admin"), outside.platform.tenants[US]["number"]
    filled = {"to": NOBODY, "class": "service", "values": {"who": "you"}}
    words = {"to": NOBODY, "class": "service", "text": "Other words"}
    pairs: list[tuple[str, dict[str, Any], dict[str, Any], int]] = [
        ("conversations:find", {"number": TEXTED}, {"number": NOBODY}, 404),
        ("consents:find", {"number": TEXTED}, {"number": NOBODY}, 404),
        ("customers:find", {"number": "+442079460101"}, {"number": NOBODY}, 200),
        ("customers:find", {"external_id": "isolation-1"}, {"external_id": "nobody"}, 200),
        ("messages", filled | {"template": owned.ids["name"]}, filled | {"template": "no"}, 422),
        ("messages", words | {"sender": line}, words | {"sender": LATER}, 403),
        (
            "messages:check",
            filled | {"template": owned.ids["name"]},
            filled | {"template": "no"},
            422,
        ),
        ("messages:check", words | {"sender": line}, words | {"sender": LATER}, 200),
    ]
    for path, foreign, unknown, status in pairs:
        told = await other.http.post(f"/v1/{path}", json=foreign)
        nobody = await other.http.post(f"/v1/{path}", json=unknown)
        assert (told.status_code, nobody.status_code) == (status, status), path
        assert _said(told) == _said(nobody), path


async def test_one_key_of_two_agencies_is_two_messages(outside: Outside, owned: Owned) -> None:
    key, made = {"Idempotency-Key": owned.ids["message_id"]}, {}
    for tenant in (US, SA):
        person = await outside.person(tenant, "admin")
        body = {"to": NOBODY, "class": "service", "text": f"{TEXT} of {tenant}"}
        answer = await person.http.post("/v1/messages", json=body, headers=key)
        assert answer.status_code == 202, answer.text
        assert "Idempotent-Replayed" not in answer.headers
        made[tenant] = answer.json()
    assert made[US]["id"] != made[SA]["id"]
    assert made[US]["subject"] != made[SA]["subject"]


async def test_what_a_person_tells_one_agency_binds_no_other(
    outside: Outside, owned: Owned
) -> None:
    mine, other = await outside.person(US, "admin"), await outside.person(SA, "admin")
    found = await mine.http.post("/v1/consents:find", json={"number": TEXTED})
    told = await note(other, TEXTED, "withdraw", purpose="all")
    assert told["state"]["suppressed"]
    assert told["state"]["subject"] != owned.ids["subject"]
    file = f"phone,consent\n{TEXTED},no\n".encode()
    imported = await other.http.post(
        "/v1/consents:import", content=file, headers={"Content-Type": "text/csv"}
    )
    assert imported.is_success

    async def stopped() -> bool:
        return (await check(other, TEXTED, "service"))["code"] in {"suppressed", "withdrawn"}

    await until(stopped)
    assert (await check(mine, TEXTED, "service"))["allowed"]
    same = await mine.http.post("/v1/consents:find", json={"number": TEXTED})
    assert same.content == found.content


async def test_a_request_about_what_is_anothers_tells_nothing(
    outside: Outside, owned: Owned
) -> None:
    other = await outside.person(SA, "admin")
    told = []
    for number in (TEXTED, NOBODY):
        body = {"kind": "access", "number": number, "channel": "web"}
        answer = await other.http.post(REQUESTS, json=body)
        assert answer.status_code == 201, answer.text
        told.append({name: type(value) for name, value in answer.json().items()})
        assert owned.ids["subject"] not in answer.text
    assert told[0] == told[1]


async def test_every_operation_that_takes_a_body_alone_is_looked_at(outside: Outside) -> None:
    person = await outside.person(US, "admin")
    operations = {n for n in await _operations(person) if n.startswith("POST ") and "{" not in n}
    assert operations - OPEN == LOOKED_AT | NAME_NOTHING


async def test_lists_show_none_of_the_others(outside: Outside, owned: Owned) -> None:
    other = await outside.person(SA, "admin")
    lists = [
        name.partition(" ")[2]
        for name in await _operations(other)
        if name.startswith("GET ") and "{" not in name and name not in OWN | PROOFS
    ]
    known = "customers imports calls insights users keys messages conversations templates senders"
    assert {
        f"/v1/{name}"
        for name in (*known.split(), "safeguards", "consents", "privacy/requests", "webhooks")
    } <= set(lists)
    for path in lists:
        answer = await other.http.get(path, params={"limit": 200})
        assert answer.status_code == 200, path
        assert not [mark for mark in owned.marks if mark in answer.text], path


async def test_whose_sessions_are_asked_for_is_ones_own_agencys(
    outside: Outside, owned: Owned
) -> None:
    mine, other = await outside.person(US, "admin"), await outside.person(SA, "admin")
    user = owned.ids["user_id"]
    own = await mine.http.get("/v1/sessions", params={"user_id": user})
    assert owned.ids["session_id"] in {session["id"] for session in own.json()["data"]}
    foreign, nobody = [
        await other.http.get("/v1/sessions", params={"user_id": name})
        for name in (user, _nobodys(user))
    ]
    assert (foreign.status_code, nobody.status_code) == (404, 404)
    assert foreign.content == nobody.content


async def test_without_credentials_every_operation_is_401(
    outside: Outside, owned: Owned, platform: Platform
) -> None:
    person = await outside.person(US, "admin")
    stranger = Person(platform.console_url)
    for operation in await _operations(person):
        if operation in OPEN:
            continue
        method, _, template = operation.partition(" ")
        answer = await ask(stranger, method, template.format_map(_Any(owned.ids)), operation)
        assert answer.status_code == 401, operation
    await stranger.close()


async def test_services_behind_the_gateway_refuse_who_comes_without_it(
    outside: Outside, platform: Platform
) -> None:
    paths = {
        "matcher": "/v1/customers",
        "insights": "/v1/calls",
        "ingest": "/v1/quarantine",
        "messaging": "/v1/messages",
        "consent": "/v1/consents",
    }
    async with httpx.AsyncClient() as client:
        for service, path in paths.items():
            url = f"{platform.services.addresses[service].url}{path}"
            answers = [
                await client.get(url),
                await client.get(url, headers={"Authorization": "Bearer x.y.z"}),
                await client.get(url, headers={"X-Tenant": US, "tenant": US}),
            ]
            assert [answer.status_code for answer in answers] == [401, 401, 401]


class _Any(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "x"


def _nobodys(real: str) -> str:
    """An id of the same form that nobody has."""
    return real[:-4] + ("0000" if not real.endswith("0000") else "1111")


def _said(answer: httpx.Response) -> dict[str, Any]:
    """The body without what differs from answer to answer."""
    return {name: value for name, value in answer.json().items() if name != "trace_id"}


def _named(answer: httpx.Response) -> dict[str, str]:
    """The headers that do not differ from answer to answer."""
    return {
        k: v for k, v in answer.headers.items() if k not in {"date", "ratelimit", "traceparent"}
    }
