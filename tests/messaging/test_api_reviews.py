"""HTTP in: the operators' reviews, which hold ids and no more."""

import pytest

from libs.common.events import TenantSaved
from services.messaging.store import Store
from tests.messaging.given import NOON, Time
from tests.support.http import Harness
from tests.support.operators import Operator

PATH = "/operator/v1/reviews"
SAID = {"outcome": "sent", "reason": "It is in the provider's log."}

in_memory = pytest.mark.parametrize("house", ["memory"], indirect=True)


async def doubt(house: Harness[Store], agency: TenantSaved, *messages: str) -> None:
    """These wait for a person."""
    for message in messages:
        await house.store(agency).due.set(message, "needs_review", NOON)


@in_memory
async def test_reviews_of_all_tenants_are_listed_in_pages(
    house: Harness[Store], agency: TenantSaved, operator: Operator
) -> None:
    other = await house.open()
    await doubt(house, agency, "msg_1", "msg_2")
    await doubt(house, other, "msg_3")
    client, found = operator("reviews:read"), []
    query = {"limit": "2"}
    while True:
        page = (await client.get(PATH, params=query)).json()
        found += page["data"]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert {(one["tenant"], one["message_id"]) for one in found} == {
        (agency.tenant, "msg_1"),
        (agency.tenant, "msg_2"),
        (other.tenant, "msg_3"),
    }
    assert found[0]["at"] == "2026-06-01T16:00:00Z"


@in_memory
async def test_an_operators_word_is_taken_once(
    house: Harness[Store], agency: TenantSaved, operator: Operator, time: Time
) -> None:
    await doubt(house, agency, "msg_1")
    client, path = operator("reviews:write"), f"{PATH}/{agency.tenant}/msg_1:settle"
    time.pass_(5)
    answer = await client.post(path, json=SAID)
    assert answer.status_code == 202
    assert answer.json() == {
        "tenant": agency.tenant,
        "message_id": "msg_1",
        "state": "settled",
        "at": "2026-06-01T16:00:05Z",
    }
    assert (await client.post(path, json=SAID)).status_code == 404
    other = f"{PATH}/{agency.tenant}/msg_2:settle"
    assert (await client.post(other, json=SAID)).status_code == 404
    for body in ({"outcome": "sent"}, {**SAID, "outcome": "maybe"}, {**SAID, "reason": " a "}):
        assert (await client.post(path, json=body)).status_code == 422


@in_memory
async def test_only_operators_settle(
    house: Harness[Store], agency: TenantSaved, operator: Operator
) -> None:
    path = f"{PATH}/{agency.tenant}/msg_1:settle"
    assert (await operator("reviews:read").post(path, json=SAID)).status_code == 403
    admin = house.client(agency, scopes={"reviews:read", "reviews:write"})
    assert (await admin.get(PATH)).status_code == 403
    assert (await admin.post(path, json=SAID)).status_code == 403
    assert (await house.client(None).get(PATH)).status_code == 401
