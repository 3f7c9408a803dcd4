"""HTTP in: templates, senders, safeguards: what an agency keeps beside its messages."""

from typing import Any

import httpx
import pytest

from libs.common.events import TenantSaved
from services.messaging.store import Store
from tests.messaging.given import NOON
from tests.support.http import Harness

REGISTRATION = {"authority": "CST", "reference": "R-1", "registered_at": "2026-01-01T00:00:00Z"}
SAFEGUARD = {
    "kind": "standard_clauses",
    "reference": "Annex 3",
    "valid_from": "2026-01-01T00:00:00Z",
    "valid_to": None,
}


@pytest.fixture
def client(house: Harness[Store], agency: TenantSaved) -> httpx.AsyncClient:
    return house.client(agency)


async def listed(client: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    """Page by page, two at a time."""
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = (await client.get(path, params=query)).json()
        found += page["data"]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


async def test_templates_are_written_read_listed_and_deleted(client: httpx.AsyncClient) -> None:
    for name in ("b", "a", "c"):
        body = {"text": f"{name}: dear {{who}}, {{what}} {{who}}"}
        assert (await client.put(f"/v1/templates/{name}", json=body)).status_code == 200
    again = await client.put("/v1/templates/a", json={"text": "Plain."})
    assert again.json() == {
        "name": "a",
        "text": "Plain.",
        "placeholders": [],
        "updated_at": "2026-06-01T16:00:00Z",
        "updated_by": "usr_1",
    }
    assert (await client.get("/v1/templates/b")).json()["placeholders"] == ["who", "what"]
    assert [one["name"] for one in await listed(client, "/v1/templates")] == ["a", "b", "c"]
    assert (await client.delete("/v1/templates/a")).status_code == 204
    assert (await client.delete("/v1/templates/a")).status_code == 404
    assert (await client.get("/v1/templates/a")).status_code == 404
    assert (await client.put("/v1/templates/A B", json={"text": "x"})).status_code == 422


async def test_senders_are_registered_listed_and_struck(client: httpx.AsyncClient) -> None:
    for name in ("SHOP-AD", "BANK-AD", "A 1"):
        answer = await client.put(f"/v1/senders/{name}", json=REGISTRATION)
        assert answer.json() == {
            "value": name,
            "kind": "alphanumeric",
            "registration": REGISTRATION,
        }
    names = [one["value"] for one in await listed(client, "/v1/senders")]
    assert names == ["A 1", "BANK-AD", "SHOP-AD"]
    assert (await client.delete("/v1/senders/BANK-AD")).status_code == 204
    assert (await client.delete("/v1/senders/BANK-AD")).status_code == 404
    assert len(await listed(client, "/v1/senders")) == 2
    for name in ("123", "MORE-THAN-ELEVEN", "+12125550199", "SHOP-AD ", " SHOP-AD", "A  "):
        assert (await client.put(f"/v1/senders/{name}", json=REGISTRATION)).status_code == 422


async def test_safeguards_are_recorded_listed_and_removed(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    answer = await client.put("/v1/safeguards/SA", json=SAFEGUARD)
    own = {"region": "SA", "updated_by": "usr_1", "updated_at": "2026-06-01T16:00:00Z"}
    assert answer.json() == {**SAFEGUARD, **own}
    ends = {**SAFEGUARD, "valid_to": "2026-06-01T16:00:00Z"}
    for region in ("AE", "BH"):
        assert (await client.put(f"/v1/safeguards/{region}", json=ends)).status_code == 200
    regions = [one["region"] for one in await listed(client, "/v1/safeguards")]
    assert regions == ["AE", "BH", "SA"]
    safeguards = house.store(agency).safeguards
    assert [await safeguards.active(one, NOON) for one in ("SA", "AE", "US")] == [
        True,
        False,
        False,
    ]
    assert await safeguards.active("AE", NOON.replace(hour=15))
    assert not await safeguards.active("SA", NOON.replace(year=2025))
    assert (await client.delete("/v1/safeguards/SA")).status_code == 204
    assert (await client.delete("/v1/safeguards/SA")).status_code == 404
    assert not await safeguards.active("SA", NOON)
    backwards = {**ends, "valid_to": "2025-01-01T00:00:00Z"}
    answer = await client.put("/v1/safeguards/SA", json=backwards)
    assert answer.json()["errors"][0]["detail"] == "valid_to must be after valid_from"
    assert (await client.put("/v1/safeguards/sa", json=SAFEGUARD)).status_code == 422


ODD = ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2200-01-01T00:00:00Z"]


@pytest.mark.parametrize("at", ODD)
@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/v1/senders/SHOP-AD", REGISTRATION, "registered_at"),
        ("/v1/safeguards/SA", SAFEGUARD, "valid_from"),
        ("/v1/safeguards/SA", SAFEGUARD, "valid_to"),
    ],
)
async def test_times_that_no_store_can_keep_are_refused(
    client: httpx.AsyncClient, path: str, body: dict[str, Any], field: str, at: str
) -> None:
    answer = await client.put(path, json={**body, field: at})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    told = (f"#/{field}", "Give a time in the years 2000 to 2199.")
    assert (error["pointer"], error["detail"]) == told


@pytest.mark.parametrize("path", ["/v1/templates/a", "/v1/senders/SHOP", "/v1/safeguards/SA"])
@pytest.mark.parametrize("house", ["memory"], indirect=True)
async def test_each_needs_its_own_scope(
    house: Harness[Store], agency: TenantSaved, path: str
) -> None:
    reader = house.client(agency, scopes={one for one in house.scopes() if one.endswith(":read")})
    assert (await reader.delete(path)).status_code == 403
    assert (await house.client(None).delete(path)).status_code == 401
