"""Two agencies behind one door: for every operation of the document, neither reaches the other's.

Each operation with an id in its path is asked three times: by the owner (200), by the other
agency with the owner's id, and by the other agency with an id that nobody has. The last two
answers are the same to the byte. An operation without a recipe here fails the test.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest_asyncio

from deploy.local.agency import Person
from deploy.local.platform import Platform
from tests.support.platform import SA, US, Outside, until

CUSTOMER = {
    "external_id": "isolation-1",
    "name": "Own Person",
    "numbers": [{"number": "+442079460101"}],
    "lawful_basis": "contract",
}
CSV = b"id,name,phone\nisolation-2,Own Row,+442079460102\nisolation-3,Broken,12\n"
OPEN = {"POST /v1/session", "POST /v1/invitations:accept"}
OWN = {"GET /v1/session", "DELETE /v1/session", "GET /v1/openapi.json", "GET /v1/live"}


@dataclass
class Owned:
    """What the first agency has, by the name of the path parameter, and how it is told apart."""

    ids: dict[str, str]
    marks: set[str]


@pytest_asyncio.fixture
async def owned(outside: Outside) -> AsyncIterator[Owned]:
    """One of each thing, made by the first agency."""
    admin = await outside.person(US, "admin")
    customer = (await admin.http.post("/v1/customers", json=CUSTOMER)).json()
    imported = await admin.upload(CSV)
    rung = await outside.ring(US, **{"from": "+442079460101"})
    session = rung["session_id"]

    async def card() -> Any:
        page = (await admin.http.get("/v1/insights", params={"limit": 200})).json()
        return next((i for i in page["data"] if i["session_id"] == session), None)

    insight = await until(card)
    users = (await admin.http.get("/v1/users")).json()["data"]
    ids = {
        "customer_id": customer["id"],
        "import_id": imported["id"],
        "call_id": session,
        "insight_id": insight["insight_id"],
        "user_id": next(user["id"] for user in users if user["role"] == "agent"),
    }
    yield Owned(ids, {*ids.values(), "Own Person", "Own Row", "+442079460101"})


async def _operations(person: Person) -> dict[str, dict[str, Any]]:
    document = (await person.http.get("/v1/openapi.json")).json()
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in {"get", "put", "post", "patch", "delete"}
    }


BODIES: dict[str, Any] = {
    "PUT /v1/customers/{customer_id}": CUSTOMER,
    "PUT /v1/insights/{insight_id}/feedback": {"verdict": "helpful"},
    "PATCH /v1/users/{user_id}": {"disabled": False},
}


async def test_an_id_of_another_agency_is_an_id_that_nobody_has(
    outside: Outside, owned: Owned
) -> None:
    mine, other = await outside.person(US, "admin"), await outside.person(SA, "admin")
    operations = [name for name in await _operations(mine) if "{" in name]
    assert len(operations) >= 9
    deletions_last = sorted(operations, key=lambda name: name.startswith("DELETE"))
    for operation in deletions_last:
        method, _, template = operation.partition(" ")
        parameter = template.partition("{")[2].partition("}")[0]
        real, unknown = owned.ids[parameter], _nobodys(owned.ids[parameter])
        foreign = await _ask(other, method, template.format(**{parameter: real}), operation)
        nobody = await _ask(other, method, template.format(**{parameter: unknown}), operation)
        own = await _ask(mine, method, template.format(**{parameter: real}), operation)
        assert own.is_success, operation
        assert (foreign.status_code, nobody.status_code) == (404, 404), operation
        assert foreign.content == nobody.content, operation
        assert _named(foreign) == _named(nobody), operation


async def test_lists_show_none_of_the_others(outside: Outside, owned: Owned) -> None:
    other = await outside.person(SA, "admin")
    lists = [
        name.partition(" ")[2]
        for name in await _operations(other)
        if name.startswith("GET ") and "{" not in name and name not in OWN
    ]
    assert {"/v1/customers", "/v1/imports", "/v1/calls", "/v1/insights", "/v1/users"} <= set(lists)
    for path in lists:
        answer = await other.http.get(path, params={"limit": 200})
        assert answer.status_code == 200, path
        assert not [mark for mark in owned.marks if mark in answer.text], path


async def test_without_credentials_every_operation_is_401(
    outside: Outside, owned: Owned, platform: Platform
) -> None:
    person = await outside.person(US, "admin")
    stranger = Person(platform.console_url)
    for operation in await _operations(person):
        if operation in OPEN:
            continue
        method, _, template = operation.partition(" ")
        answer = await _ask(stranger, method, template.format_map(_Any(owned.ids)), operation)
        assert answer.status_code == 401, operation
    await stranger.close()


async def test_services_behind_the_gateway_refuse_who_comes_without_it(
    outside: Outside, platform: Platform
) -> None:
    paths = {"matcher": "/v1/customers", "insights": "/v1/calls", "ingest": "/v1/quarantine"}
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


async def _ask(person: Person, method: str, path: str, operation: str) -> httpx.Response:
    body = BODIES.get(operation)
    if method in {"PUT", "PATCH"}:
        assert body is not None, f"{operation}: say in BODIES what to send"
    return await person.http.request(method, path, json=body)


def _nobodys(real: str) -> str:
    """An id of the same form that nobody has."""
    return real[:-4] + ("0000" if not real.endswith("0000") else "1111")


def _named(answer: httpx.Response) -> dict[str, str]:
    """The headers that do not differ from answer to answer."""
    return {k: v for k, v in answer.headers.items() if k not in {"date", "traceparent"}}
