"""HTTP in: customers, one at a time."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libs.common import clock
from libs.common.events import CustomerRemoved, CustomerSaved, TenantSaved
from services.matcher.app import build
from services.matcher.settings import Settings
from services.matcher.store import Store
from tests.matcher.given import NUMBER, draft, person
from tests.support.http import Harness, harness

SAME = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
PATH = "/v1/customers"


@pytest.fixture
def client(matcher: Harness[Store], agency: TenantSaved) -> httpx.AsyncClient:
    return matcher.client(agency)


async def created(client: httpx.AsyncClient, **said: Any) -> dict[str, Any]:
    answer = await client.post(PATH, json=person(**said))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def operations(matcher: Harness[Store]) -> list[tuple[str, str]]:
    paths = matcher.app.openapi()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


async def test_every_operation_wants_credentials_and_a_scope(
    matcher: Harness[Store], agency: TenantSaved
) -> None:
    nobody = matcher.client(None)
    clerk = matcher.client(agency, scopes=["calls:read"])
    assert len(operations(matcher)) == 11
    for method, path in operations(matcher):
        for client, status in ((nobody, 401), (clerk, 403)):
            answer = await client.request(method, path.format(customer_id="x", import_id="x"))
            assert answer.status_code == status
            assert answer.headers["content-type"] == "application/problem+json"


async def test_reading_is_not_writing(matcher: Harness[Store], agency: TenantSaved) -> None:
    reader = matcher.client(agency, role="agent", scopes=["customers:read"])
    assert (await reader.get(PATH)).status_code == 200
    assert (await reader.post(PATH, json=person())).status_code == 403
    assert (await reader.put(f"{PATH}/x", json=person())).status_code == 403
    assert (await reader.delete(f"{PATH}/x")).status_code == 403


async def test_a_tenant_that_is_not_known_has_nothing(matcher: Harness[Store]) -> None:
    assert (await matcher.client("t00000000").get(PATH)).status_code == 404


async def test_adding_a_customer(
    matcher: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    answer = await client.post(PATH, json=person(renewal_on="2026-06-01", language="Arabic"))
    assert answer.status_code == 201
    body = answer.json()
    assert answer.headers["location"] == f"{PATH}/{body['id']}"
    assert body["numbers"] == [
        {
            "e164": NUMBER,
            "subject": matcher.keys.code(agency.tenant, NUMBER),
            "extension": None,
            "label": "mobile",
            "kind": "fixed_or_mobile",
            "primary": True,
        }
    ]
    assert (body["name"], body["renewal_on"], body["language"]) == (
        "Amal Haddad",
        "2026-06-01",
        "ar",
    )
    assert (body["version"], body["origin"], body["lawful_basis"]) == (1, "api", "contract")
    assert (await client.get(answer.headers["location"])).json() == body
    (saved,) = matcher.units.of(CustomerSaved)
    code = matcher.keys.code(agency.tenant, NUMBER)
    assert saved == CustomerSaved(customer_id=body["id"], version=1, subjects=(code,))
    assert NUMBER[1:] not in matcher.units.envelopes[0].to_json().decode()


async def test_a_customer_is_found_by_number_and_by_the_agencys_own_id(
    matcher: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    one = await created(client, external_id="POL-7")
    other = await created(client, external_id="POL-8", name="Omar", numbers=[])

    async def found(**sought: str) -> list[str]:
        answer = await client.post(f"{PATH}:find", json=sought)
        assert answer.status_code == 200, answer.text
        return [customer["id"] for customer in answer.json()["data"]]

    assert await found(number=f" {NUMBER[:2]} {NUMBER[2:]}") == [one["id"]]
    assert await found(number="+442079460999") == []
    assert await found(external_id="POL-8") == [other["id"]]
    assert await found(external_id="POL-9") == []
    for wrong in ({}, {"number": NUMBER, "external_id": "POL-7"}, {"number": "12"}):
        assert (await client.post(f"{PATH}:find", json=wrong)).status_code == 422
    theirs = matcher.client(await matcher.open())
    assert (await theirs.post(f"{PATH}:find", json={"number": NUMBER})).json()["data"] == []


async def test_numbers_are_read_in_the_agencys_country(matcher: Harness[Store]) -> None:
    riyadh = matcher.client(await matcher.open(region="SA"))
    numbers = [
        {"number": "050 000 0012", "label": "whatsapp"},
        {"number": "+1 202 555 0143 ext. 7", "label": "work"},
        {"number": "٠٥٠٠٠٠٠٠١٣", "label": "home"},
    ]
    body = await created(riyadh, numbers=numbers)
    assert [(n["e164"], n["extension"], n["label"], n["primary"]) for n in body["numbers"]] == [
        ("+966500000012", None, "whatsapp", True),
        (NUMBER, "7", "work", False),
        ("+966500000013", None, "home", False),
    ]


async def test_what_changed_since_it_was_read_is_not_written_over(
    matcher: Harness[Store], client: httpx.AsyncClient
) -> None:
    path = f"{PATH}/{(await created(client))['id']}"
    tag = (await client.get(path)).headers["etag"]
    changed = await client.put(path, json=person(status="lapsed"), headers={"If-Match": tag})
    assert changed.status_code == 200
    late = await client.put(path, json=person(status="active"), headers={"If-Match": tag})
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    there = await client.get(path)
    assert (there.json()["status"], there.json()["version"]) == ("lapsed", 2)
    assert changed.headers["etag"] == there.headers["etag"] != tag
    assert len(matcher.units.of(CustomerSaved)) == 2
    known = await client.get(path, headers={"If-None-Match": there.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    gone = await client.put(f"{PATH}/x", json=person(), headers={"If-Match": "*"})
    assert gone.status_code == 404


async def test_the_same_customer_again_is_a_new_version(
    matcher: Harness[Store], client: httpx.AsyncClient
) -> None:
    first = await created(client)
    again = await created(client, name="Amal H.", numbers=[])
    assert (again["id"], again["version"], again["numbers"]) == (first["id"], 2, [])
    changed = await client.put(f"{PATH}/{first['id']}", json=person(external_id="P-9"))
    assert changed.status_code == 200
    assert (changed.json()["id"], changed.json()["version"]) == (first["id"], 3)
    assert [(e.customer_id, e.version) for e in matcher.units.of(CustomerSaved)] == [
        (first["id"], version) for version in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    ("given_", "one", "two"),
    [
        ("an id", {"external_id": "1"}, {"external_id": "2"}),
        ("an address", {"external_id": None, "email": "a@example.org"}, {"email": "b@example.org"}),
        ("name and number", {"external_id": None}, {"name": "Omar"}),
    ],
)
async def test_what_tells_customers_apart(
    client: httpx.AsyncClient, given_: str, one: dict[str, Any], two: dict[str, Any]
) -> None:
    first, second = await created(client, **one), await created(client, **{**one, **two})
    assert first["id"] != second["id"]
    assert (await created(client, **one))["id"] == first["id"]


async def test_removing_a_customer(matcher: Harness[Store], client: httpx.AsyncClient) -> None:
    body, before = await created(client), clock.now()
    answer = await client.delete(f"{PATH}/{body['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await client.get(f"{PATH}/{body['id']}")).status_code == 404
    assert (await client.delete(f"{PATH}/{body['id']}")).status_code == 404
    (removed,) = matcher.units.of(CustomerRemoved)
    assert removed.customer_id == body["id"]
    assert removed.removed_at
    assert before <= removed.removed_at <= clock.now()
    assert (await created(client))["version"] == 1


async def test_another_agencys_customer_is_like_one_that_never_was(
    matcher: Harness[Store], client: httpx.AsyncClient
) -> None:
    body = await created(client)
    assert (await client.get(f"{PATH}/{body['id']}")).status_code == 200
    stranger = matcher.client(await matcher.open())
    for method, content in (("GET", None), ("PUT", person()), ("DELETE", None)):
        foreign = await stranger.request(method, f"{PATH}/{body['id']}", json=content)
        unknown = await stranger.request(method, f"{PATH}/cus_{'0' * 32}", json=content)
        assert foreign.status_code == 404
        assert (foreign.content, foreign.headers) == (unknown.content, unknown.headers)
    assert (await stranger.get(PATH)).json() == {"data": [], "next_cursor": None}
    assert (await client.get(f"{PATH}/{body['id']}")).json() == body
    assert len(matcher.units.emitted) == 1


async def test_the_same_customer_in_two_agencies(matcher: Harness[Store]) -> None:
    one, two = [matcher.client(await matcher.open()) for _ in range(2)]
    here, there = await created(one, name="Here"), await created(two, name="There")
    assert here["id"] != there["id"]
    assert [row["name"] for row in (await one.get(PATH)).json()["data"]] == ["Here"]
    assert [row["name"] for row in (await two.get(PATH)).json()["data"]] == ["There"]


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"numbers": [{"number": NUMBER}, {"number": "+1 202 555"}]}, "#/numbers/1/number"),
        ({"numbers": [{"number": "2025550143 / 12"}]}, "#/numbers/0/number"),
        ({"numbers": [{"number": "2.02555E+09", "label": "home"}]}, "#/numbers/0/number"),
        ({"numbers": [{"number": NUMBER}, {"number": " - "}]}, "#/numbers/1/number"),
        ({"numbers": [{"number": "", "label": "work"}]}, "#/numbers/0/number"),
        ({"numbers": [{"number": "0" * 65}]}, "#/numbers/0/number"),
        ({"numbers": [{"number": NUMBER, "label": "Jalan"}]}, "#/numbers/0/label"),
        ({"numbers": [{"number": NUMBER}] * 21}, "#/numbers"),
        ({"email": "amal@haddad"}, "#/email"),
        ({"language": "Jalanese"}, "#/language"),
        ({"external_id": "4,5E+12"}, "#/external_id"),
        ({"external_id": None, "name": None}, "#"),
        ({"external_id": None, "numbers": []}, "#"),
        ({"renewal_on": "soon, Amal said"}, "#/renewal_on"),
        ({"lawful_basis": "Amal agreed"}, "#/lawful_basis"),
        ({"name": "Amal" * 51}, "#/name"),
        ({"name": 7}, "#/name"),
        ({"Amal": "Haddad"}, "#/*"),
    ],
)
async def test_what_cannot_be_used_is_named_and_not_repeated(
    matcher: Harness[Store], client: httpx.AsyncClient, said: dict[str, Any], pointer: str
) -> None:
    answer = await client.post(PATH, json=person(**said))
    assert answer.status_code == 422, answer.text
    errors = answer.json()["errors"]
    assert [error["pointer"] for error in errors] == [pointer]
    assert all(error["detail"] for error in errors)
    for given_ in ("Amal", "Haddad", "555", "Jalan", "E+", "haddad"):
        assert given_ not in answer.text
    there = (await created(client))["id"]
    replaced = await client.put(f"{PATH}/{there}", json=person(**said))
    assert (replaced.status_code, replaced.json()["errors"]) == (422, errors)
    assert len(matcher.units.emitted) == 1


async def test_every_fault_is_named_at_once(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        PATH, json=person(email="x", language="?!", numbers=[{"number": "1"}, {"number": "2"}])
    )
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert pointers == {"#/email", "#/language", "#/numbers/0/number", "#/numbers/1/number"}


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"{", 422), (b"[]", 422), (b"null", 422), (b"", 422), (b"\xff", 400), (b"x" * 300_000, 413)],
)
async def test_bodies_that_are_no_customer(
    client: httpx.AsyncClient, content: bytes, status: int
) -> None:
    headers = {"content-type": "application/json"}
    answer = await client.post(PATH, content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def test_pages_show_every_customer_once(client: httpx.AsyncClient) -> None:
    for i in range(5):
        await created(client, external_id=f"P-{i}")
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(4):
        answer = await client.get(
            PATH, params={"limit": 2, **({"cursor": cursor} if cursor else {})}
        )
        page = answer.json()
        seen += [row["external_id"] for row in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["P-4", "P-3", "P-2", "P-1", "P-0"]
    assert cursor is None


async def test_a_cursor_is_good_for_its_own_list_only(
    matcher: Harness[Store], client: httpx.AsyncClient
) -> None:
    for i in range(2):
        await created(client, external_id=f"P-{i}")
    cursor = (await client.get(PATH, params={"limit": 1})).json()["next_cursor"]
    stranger = matcher.client(await matcher.open())
    for answer in (
        await stranger.get(PATH, params={"cursor": cursor}),
        await client.get("/v1/imports", params={"cursor": cursor}),
        await client.get(PATH, params={"cursor": "nonsense"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")
    assert (await client.get(PATH, params={"limit": 0})).status_code == 422
    assert (await client.get(PATH, params={"limit": 201})).status_code == 422


async def test_a_cursor_made_by_hand_breaks_nothing(
    agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    text = json.dumps(["customers", agency.tenant, "2026-05-19T12:00:00+00:00", "\ud800"])
    cursor = base64.urlsafe_b64encode(text.encode()).decode()
    assert (await client.get(PATH, params={"cursor": cursor})).status_code == 400


TEXT = st.none() | st.text(max_size=12) | st.sampled_from(["\ud800", "\x00", "=1+1", "0", "null"])


@given(
    said=st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(("external_id", "name", "email", "status", "language"), TEXT),
    ),
    numbers=st.lists(st.text(max_size=20) | st.just(NUMBER), max_size=3),
    day=st.none() | st.dates(),
)
@SAME
async def test_no_text_breaks_the_door(
    client: httpx.AsyncClient, said: dict[str, Any], numbers: list[str], day: Any
) -> None:
    sent = person(**said, renewal_on=day and day.isoformat())
    sent["numbers"] = [{"number": number} for number in numbers]
    headers = {"content-type": "application/json"}
    answer = await client.post(PATH, content=json.dumps(sent), headers=headers)
    assert answer.status_code in (201, 422)
    if answer.status_code == 201:
        body = answer.json()
        assert len(body["numbers"]) == len(
            {n["e164"] + str(n["extension"]) for n in body["numbers"]}
        )
        assert body["renewal_on"] == sent["renewal_on"]
        assert (await client.get(answer.headers["location"])).json() == body


class TestMongo:
    @pytest.fixture
    async def matcher(self, tmp_path: Path, mongo_url: str) -> AsyncIterator[Harness[Store]]:
        made = await harness(build, Settings, tmp_path, mongo_url)
        yield made
        await made.close()

    async def test_a_customers_life(
        self, matcher: Harness[Store], client: httpx.AsyncClient
    ) -> None:
        await test_the_same_customer_again_is_a_new_version(matcher, client)
        await test_pages_show_every_customer_once(client)
        matcher.units.envelopes.clear()
        await test_removing_a_customer(matcher, client)

    async def test_agencies_are_apart(
        self, matcher: Harness[Store], client: httpx.AsyncClient
    ) -> None:
        await test_another_agencys_customer_is_like_one_that_never_was(matcher, client)

    async def test_the_same_customer_side_by_side(
        self, matcher: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
    ) -> None:
        answers = await asyncio.gather(*(client.post(PATH, json=person()) for _ in range(6)))
        assert {answer.status_code for answer in answers} == {201}
        assert sorted(answer.json()["version"] for answer in answers) == [1, 2, 3, 4, 5, 6]
        versions = sorted(event.version for event in matcher.units.of(CustomerSaved))
        assert versions == [1, 2, 3, 4, 5, 6]
        store = matcher.store(agency)
        assert (await store.customers.get(store.customers.id_of(draft()))) is not None
