"""HTTP: the data map and the promises, as they were generated."""

import json

import pytest

from libs.common import policies, profiles
from services.consent.api.proof import HERE
from services.consent.store import Store
from tests.support.http import Harness

in_memory = pytest.mark.parametrize("house", ["memory"], indirect=True)


@in_memory
@pytest.mark.parametrize("profile", profiles.names())
async def test_each_agency_gets_the_map_of_its_operator(
    house: Harness[Store], profile: str
) -> None:
    agency = await house.open(profile=profile)
    answer = await house.client(agency, scopes=["proof:read"]).get("/v1/privacy/data-map")
    assert answer.status_code == 200
    assert answer.json() == json.loads((HERE / "data_map" / f"{profile}.json").read_text())
    operator = profiles.load(profile)
    assert answer.json()["contact"] == operator.contact.model_dump()
    (names,) = [f for f in answer.json()["fields"] if (f["place"], f["field"]) == NAMES]
    assert (names["category"], names["role"]) == ("identity", operator.role)
    assert names["basis"] == operator.purposes["to recognise who calls or writes"]
    assert names["period"] == f"{operator.kept_days['customers']} days after updated_at"


NAMES = ("customers", "name")


@in_memory
@pytest.mark.parametrize("profile", profiles.names())
async def test_each_agency_gets_the_promises_of_its_operator(
    house: Harness[Store], profile: str
) -> None:
    agency = await house.open(profile=profile)
    answer = await house.client(agency, scopes=["proof:read"]).get("/v1/privacy/promises")
    told = answer.json()
    published = policies.load()[profile].current
    assert (told["policy"], told["sha256"]) == (profile, published.sha256)
    states = [promise["state"] for promise in told["promises"]]
    assert told["counts"] == {one: states.count(one) for one in ("kept", "partly", "open")}
    assert sum(told["counts"].values()) == len(states) > 40


@in_memory
async def test_an_operator_without_a_map_has_none(house: Harness[Store]) -> None:
    agency = await house.open(profile="acme")
    for path in ("data-map", "promises"):
        answer = await house.client(agency, scopes=["proof:read"]).get(f"/v1/privacy/{path}")
        assert answer.status_code == 404


@in_memory
async def test_each_asks_for_its_scope(house: Harness[Store]) -> None:
    agency = await house.open()
    other = house.client(agency, scopes=["consents:read"])
    for path in ("data-map", "promises"):
        assert (await other.get(f"/v1/privacy/{path}")).status_code == 403
        assert (await house.client(None).get(f"/v1/privacy/{path}")).status_code == 401
