from datetime import timedelta
from typing import Any

import httpx
import pytest

from libs.common import clock
from libs.common.events import TenantSaved
from libs.common.keys import create_tenant_keys
from libs.common.principal import Principal
from tests.gateway.house import AT, ONE, TWO, House, problem, sign_in
from tests.gateway.test_api_users import NEW, accept

TENANT = {
    "tenant": ONE, "name": "Najm Insurance", "profile": "interkey-connect", "region": "SA",
    "language": "ar", "timezone": "Asia/Riyadh",
}  # fmt: skip
NUMBER = "+12025550100"


def facts(house: House) -> list[TenantSaved]:
    found = []
    for tenant, fact in house.units.emitted:
        assert isinstance(fact, TenantSaved)
        assert fact.tenant == tenant
        found.append(fact)
    return found


async def assign(house: House, tenant: str, at: Any = None) -> httpx.Response:
    body = {"tenant": tenant, "number": NUMBER}
    if at:
        body["valid_from"] = clock.rfc3339(at)
    return await house.operator().post("/operator/v1/numbers", json=body)


async def test_a_tenant_is_made_and_told(house: House) -> None:
    create_tenant_keys(house.root / "keys.json", ONE)
    answer = await house.operator().post("/operator/v1/tenants", json=TENANT)
    assert answer.status_code == 201, answer.text
    (fact,) = facts(house)
    assert fact.model_dump(mode="json") == answer.json()
    assert (fact.version, fact.region, fact.timezone) == (1, "SA", "Asia/Riyadh")
    listed = await house.operator().get("/operator/v1/tenants")
    assert listed.json()["data"] == [answer.json()]
    again = await house.operator().post("/operator/v1/tenants", json=TENANT)
    assert (again.status_code, problem(again)) == (409, "tenant_exists")
    assert len(facts(house)) == 1


async def test_a_tenant_without_keys_is_refused_with_what_to_do(house: House) -> None:
    answer = await house.operator().post("/operator/v1/tenants", json=TENANT)
    assert (answer.status_code, problem(answer)) == (409, "no_keys")
    assert "intnet tenant create" in answer.json()["detail"]
    assert not house.units.emitted


@pytest.mark.parametrize(
    "change",
    [
        {"tenant": "short"},
        {"tenant": "UPPERCASE1"},
        {"tenant": "x" * 27},
        {"tenant": "tenant0001\n"},
        {"region": "Saudi"},
        {"language": "Arabic!"},
        {"timezone": "Riyadh"},
        {"profile": ""},
        {"name": ""},
    ],
)
async def test_unusable_particulars_are_named(house: House, change: dict[str, str]) -> None:
    answer = await house.operator().post("/operator/v1/tenants", json={**TENANT, **change})
    assert answer.status_code == 422
    (field,) = change
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"#/{field}"]


async def test_the_platforms_own_id_is_reserved(house: House) -> None:
    body = {**TENANT, "tenant": "platform"}
    answer = await house.operator().post("/operator/v1/tenants", json=body)
    assert (answer.status_code, problem(answer)) == (409, "tenant_reserved")


async def test_a_number_changes_hands_at_one_instant(house: House) -> None:
    house.tenant(ONE)
    house.tenant(TWO)
    assert (await assign(house, ONE, AT)).status_code == 201
    later = AT + timedelta(days=1)
    assert (await assign(house, TWO, later)).status_code == 201
    first, before, after = facts(house)
    assert (first.tenant, first.version, first.numbers[0].valid_to) == (ONE, 2, None)
    assert (before.tenant, before.version, before.numbers[0].valid_to) == (ONE, 3, later)
    assert (after.tenant, after.version, after.numbers[0].valid_from) == (TWO, 2, later)


async def test_assigning_twice_changes_nothing_more(house: House) -> None:
    house.tenant(ONE)
    first, second = await assign(house, ONE), await assign(house, ONE)
    assert first.json() == second.json()
    assert len(facts(house)) == 1


async def test_what_is_promised_for_later_is_not_taken(house: House) -> None:
    house.tenant(ONE)
    house.tenant(TWO)
    await assign(house, ONE, AT + timedelta(days=2))
    answer = await assign(house, TWO, AT)
    assert (answer.status_code, problem(answer)) == (409, "taken")
    assert len(facts(house)) == 1


async def test_a_connection_is_assigned_like_a_number(house: House) -> None:
    house.tenant(ONE)
    body = {"tenant": ONE, "connection_id": "1494404757140276705"}
    answer = await house.operator().post("/operator/v1/connections", json=body)
    assert answer.json()["connections"][0]["value"] == "1494404757140276705"


async def test_a_messaging_profile_too(house: House) -> None:
    profile = "16fd2706-8baf-433b-82eb-8c7fada847da"
    house.tenant(ONE)
    house.tenant(TWO)
    body = {"tenant": ONE, "profile_id": profile, "valid_from": AT.isoformat()}
    given = await house.operator().post("/operator/v1/profiles", json=body)
    assert given.json()["messaging_profiles"][0]["value"] == profile
    taken = await house.operator().post("/operator/v1/profiles", json={**body, "tenant": TWO})
    assert (taken.status_code, problem(taken)) == (409, "taken")
    assert len(facts(house)) == 1


async def test_nothing_is_assigned_to_nobody(house: House) -> None:
    answer = await assign(house, ONE)
    assert (answer.status_code, problem(answer)) == (404, "unknown_tenant")


async def test_an_agency_sees_its_numbers_and_no_others(house: House) -> None:
    house.tenant(TWO)
    admin = await house.signed_in(ONE)
    await assign(house, ONE, AT)
    other = {"tenant": TWO, "number": "+15125550101"}
    await house.operator().post("/operator/v1/numbers", json=other)
    assert (await admin.get("/v1/numbers")).json()["data"] == [
        {"number": NUMBER, "valid_from": "2026-05-19T12:00:00Z", "valid_to": None}
    ]


async def test_the_first_admin_is_invited(house: House) -> None:
    house.tenant(ONE)
    body = {"tenant": ONE, "email": "first@example.com", "role": "admin"}
    answer = await house.operator().post("/operator/v1/invitations", json=body)
    assert answer.status_code == 201
    assert (await accept(house, answer.json()["token"])).status_code == 201
    client = house.client()
    await sign_in(client, "first@example.com", NEW)
    assert (await client.get("/v1/users")).status_code == 200


async def test_somebody_of_another_agency_is_not_invited_in_vain(house: House) -> None:
    for tenant in (ONE, TWO):
        house.tenant(tenant)
    body = {"tenant": ONE, "email": "first@example.com", "role": "admin"}
    invited = await house.operator().post("/operator/v1/invitations", json=body)
    await accept(house, invited.json()["token"])
    answer = await house.operator().post("/operator/v1/invitations", json={**body, "tenant": TWO})
    assert (answer.status_code, answer.json()["code"]) == (409, "taken")


async def test_only_operators_come_in(house: House) -> None:
    admin = await house.signed_in()
    agent = Principal(ONE, "usr_1", "admin", frozenset({"users:read"}))
    strangers = [
        admin,
        house.client(),
        house.client(Authorization="Bearer nonsense"),
        house.operator(aud="matcher"),
        house.operator(key="gateway.json"),
        house.operator(key="gateway.json", principal=agent),
    ]
    for stranger in strangers:
        answer = await stranger.get("/operator/v1/tenants")
        assert (answer.status_code, problem(answer)) == (401, "unauthenticated")
