"""HTTP in: calls, cards and feedback, each caller in their own tenant."""

from typing import Any

import httpx
import pytest

from libs.common.events import InsightProduced, TenantSaved
from services.insights.store import Store
from tests.insights.given import (
    SUBJECT,
    answered,
    at,
    ended,
    matched,
    started,
    withheld_start,
)
from tests.support.http import Harness

SCOPES = {
    ("get", "/v1/calls"): "calls:read",
    ("get", "/v1/calls/{call_id}"): "calls:read",
    ("get", "/v1/insights"): "insights:read",
    ("get", "/v1/insights/{insight_id}"): "insights:read",
    ("put", "/v1/insights/{insight_id}/feedback"): "insights:feedback",
}
OPERATIONS = list(SCOPES)
HELPFUL = {"verdict": "helpful"}

in_memory = pytest.mark.parametrize("house", ["memory"], indirect=True)


@pytest.fixture
async def tenant(house: Harness[Store]) -> TenantSaved:
    return await house.open()


@pytest.fixture
def client(house: Harness[Store], tenant: TenantSaved) -> httpx.AsyncClient:
    return house.client(tenant)


async def ring(house: Harness[Store], tenant: TenantSaved, call: str, seconds: float = 0) -> str:
    """A call that rings; the id of its card."""
    fact = started(seconds=seconds).model_copy(update={"session_id": call})
    await house.take(fact, tenant)
    return house.units.of(InsightProduced)[-1].insight_id


async def ask(
    client: httpx.AsyncClient, operation: tuple[str, str], call: str = "x", card: str = "x"
) -> httpx.Response:
    method, path = operation
    body = HELPFUL if method == "put" else None
    return await client.request(method, path.format(call_id=call, insight_id=card), json=body)


async def pages(client: httpx.AsyncClient, path: str, **query: Any) -> list[Any]:
    """Everything a list gives, page by page."""
    found: list[Any] = []
    while True:
        page = (await client.get(path, params=query)).json()
        found += page["data"]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


@in_memory
def test_these_are_all_operations(house: Harness[Store]) -> None:
    paths = house.app.openapi()["paths"]
    assert {(method, path) for path in paths for method in paths[path]} == set(SCOPES)


@in_memory
@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
async def test_without_credentials_there_is_no_answer(
    house: Harness[Store], operation: tuple[str, str]
) -> None:
    answer = await ask(house.client(None), operation)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@in_memory
@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
async def test_each_operation_needs_its_scope_and_no_other(
    house: Harness[Store], tenant: TenantSaved, operation: tuple[str, str]
) -> None:
    card = await ring(house, tenant, "call-1")
    others = house.scopes() - {SCOPES[operation]}
    refused = await ask(house.client(tenant, scopes=others), operation, "call-1", card)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    allowed = house.client(tenant, scopes=[SCOPES[operation]])
    assert (await ask(allowed, operation, "call-1", card)).is_success


@in_memory
@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
async def test_a_tenant_that_is_not_known_gets_404(
    house: Harness[Store], operation: tuple[str, str]
) -> None:
    answer = await ask(house.client("nosuchtenant"), operation)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_tenant")


@in_memory
async def test_a_process_that_has_not_read_the_tenants_asks_for_patience(
    house: Harness[Store],
) -> None:
    house.tenants_read.clear()
    answer = await ask(house.client("nosuchtenant"), OPERATIONS[0])
    assert (answer.status_code, answer.json()["code"]) == (503, "starting")
    assert answer.headers["retry-after"] == "1"


@in_memory
@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
async def test_nobody_is_served_before_what_was_ordered_is_done(
    house: Harness[Store], tenant: TenantSaved, operation: tuple[str, str]
) -> None:
    house.orders_obeyed.clear()
    answer = await ask(house.client(tenant), operation)
    assert (answer.status_code, answer.json()["code"]) == (503, "starting")


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if "{" in o[1]], ids=" ".join)
async def test_an_id_of_another_tenant_is_as_unknown_as_any(
    house: Harness[Store], tenant: TenantSaved, operation: tuple[str, str]
) -> None:
    card = await ring(house, tenant, "call-1")
    assert (await ask(house.client(tenant), operation, "call-1", card)).is_success
    stranger = house.client(await house.open())
    foreign = await ask(stranger, operation, "call-1", card)
    unknown = await ask(stranger, operation, "call-0", "00000000-0000-0000-0000-000000000000")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.content == unknown.content
    assert foreign.headers == unknown.headers
    assert "call-1" not in foreign.text


async def test_lists_show_none_of_another_tenants(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    await ring(house, tenant, "call-1")
    stranger = house.client(await house.open())
    for path in ("/v1/calls", "/v1/insights"):
        assert (await stranger.get(path)).json() == {"data": [], "next_cursor": None}
        assert len((await house.client(tenant).get(path)).json()["data"]) == 1


async def test_a_whole_call(
    house: Harness[Store], tenant: TenantSaved, client: httpx.AsyncClient
) -> None:
    for fact in (started(attestation="A"), answered(), ended(), matched()):
        await house.take(fact, tenant)
    answer = await client.get("/v1/calls/call-1")
    assert answer.status_code == 200
    assert answer.json() == {
        "id": "call-1",
        "direction": "incoming",
        "party": "+12025550142",
        "party_kind": "number",
        "line": "+15125550127",
        "attestation": "A",
        "started_at": "2026-05-19T12:00:00Z",
        "answered_at": "2026-05-19T12:00:10Z",
        "ended_at": "2026-05-19T12:01:00Z",
        "outcome": "answered",
        "duration_seconds": 50.0,
        "match": {
            "subject": SUBJECT,
            "outcome": "matched",
            "best": {
                "customer_id": "c-1",
                "name": "Ada Example",
                "confidence": 0.98,
                "reasons": [],
                "status": None,
                "renewal_on": None,
                "customer_since": None,
            },
            "candidates": 1,
            "shared_by": 0,
        },
    }
    assert (await client.get("/v1/calls")).json()["data"] == [answer.json()]


async def test_a_call_that_has_only_begun(
    house: Harness[Store], tenant: TenantSaved, client: httpx.AsyncClient
) -> None:
    await house.take(withheld_start(), tenant)
    call = (await client.get("/v1/calls/call-1")).json()
    assert (call["outcome"], call["party"], call["party_kind"]) == ("ringing", None, "withheld")
    assert (call["ended_at"], call["duration_seconds"], call["match"]) == (None, None, None)


async def test_open_shows_the_calls_that_are_not_over(
    house: Harness[Store], tenant: TenantSaved, client: httpx.AsyncClient
) -> None:
    for number in range(6):
        await ring(house, tenant, f"call-{number}", number)
    for number in (1, 4):
        fact = ended(seconds=60, begun=number).model_copy(update={"session_id": f"call-{number}"})
        await house.take(fact, tenant)
    found = await pages(client, "/v1/calls", open=True, limit=3)
    assert [call["id"] for call in found] == ["call-5", "call-3", "call-2", "call-0"]
    assert len(await pages(client, "/v1/calls")) == 6


@pytest.mark.parametrize("path", ["/v1/calls", "/v1/insights"])
@pytest.mark.parametrize("limit", [1, 2, 5, 10])
async def test_pages_together_are_the_whole_list(
    house: Harness[Store], tenant: TenantSaved, path: str, limit: int
) -> None:
    for number in range(10):  # pairs at the same time
        await ring(house, tenant, f"call-{number}", number // 2)
    found = await pages(house.client(tenant), path, limit=limit)
    ids = [item.get("id") or item["insight_id"] for item in found]
    assert len(ids) == len(set(ids)) == 10
    times = [item.get("started_at") or item["as_of"] for item in found]
    assert times == sorted(times, reverse=True)


async def test_the_calls_of_one_person_are_that_persons(
    house: Harness[Store], tenant: TenantSaved, client: httpx.AsyncClient
) -> None:
    for number, subject in enumerate(("one", "another", "one")):
        told = {"session_id": f"call-{number}", "subject": subject}
        await house.take(started(seconds=number).model_copy(update=told), tenant)
    for subject, calls in (("one", ["call-2", "call-0"]), ("another", ["call-1"]), ("nobody", [])):
        page = (await client.get("/v1/calls", params={"subject": subject})).json()
        assert [call["id"] for call in page["data"]] == calls


async def test_what_comes_while_one_reads_moves_no_page(
    house: Harness[Store], tenant: TenantSaved, client: httpx.AsyncClient
) -> None:
    for number in range(4):
        await ring(house, tenant, f"call-{number}", number)
    first = (await client.get("/v1/calls", params={"limit": 2})).json()
    await ring(house, tenant, "call-9", 9)
    query = {"limit": 2, "cursor": first["next_cursor"]}
    second = (await client.get("/v1/calls", params=query)).json()
    assert [call["id"] for call in second["data"]] == ["call-1", "call-0"]


async def test_a_cursor_is_good_for_its_own_list_and_tenant(
    house: Harness[Store], tenant: TenantSaved, client: httpx.AsyncClient
) -> None:
    await ring(house, tenant, "call-1")
    cursor = (await client.get("/v1/calls", params={"limit": 1})).json()["next_cursor"]
    stranger = house.client(await house.open())
    for who, path in ((client, "/v1/insights"), (stranger, "/v1/calls")):
        answer = await who.get(path, params={"cursor": cursor})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")
    assert "+1202555" not in cursor


@in_memory
@pytest.mark.parametrize("path", ["/v1/calls", "/v1/insights"])
@pytest.mark.parametrize("limit", ["0", "201", "many"])
async def test_a_limit_that_cannot_be_used_is_named(
    client: httpx.AsyncClient, path: str, limit: str
) -> None:
    answer = await client.get(path, params={"limit": limit})
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["limit"]


async def test_a_card_is_what_was_announced(
    house: Harness[Store], tenant: TenantSaved, client: httpx.AsyncClient
) -> None:
    await house.take(started(), tenant)
    await house.take(matched(), tenant)
    announced = house.units.of(InsightProduced)[-1]
    answer = await client.get(f"/v1/insights/{announced.insight_id}")
    assert InsightProduced.model_validate_json(answer.content) == announced
    assert [one["version"] for one in (await client.get("/v1/insights")).json()["data"]] == [2]
    for call, found in ((announced.session_id, 1), ("another", 0)):
        page = (await client.get("/v1/insights", params={"call_id": call})).json()
        assert len(page["data"]) == found
    assert announced.as_of == at()


async def test_feedback_is_kept_under_the_name_of_who_gives_it(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    card = await ring(house, tenant, "call-1")
    for user, verdict in (("ada", "helpful"), ("bob", "wrong_risk"), ("ada", "wrong_person")):
        answer = await house.client(tenant, user=user).put(
            f"/v1/insights/{card}/feedback", json={"verdict": verdict}
        )
        assert (answer.status_code, answer.content) == (204, b"")
    assert await feedback(house, tenant) == [
        (card, "ada", "wrong_person"),
        (card, "bob", "wrong_risk"),
    ]


async def feedback(house: Harness[Store], tenant: TenantSaved) -> list[tuple[str, str, str]]:
    rows = house.mongo.scope(tenant.tenant).collection("feedback")
    found = await rows.list({}, sort=[("user", 1)])
    return [(row["insight"], row["user"], row["verdict"]) for row in found]


@in_memory
@pytest.mark.parametrize("body", [{}, {"verdict": "great"}, {"verdict": None}, []])
async def test_feedback_that_cannot_be_used_is_refused(
    house: Harness[Store], tenant: TenantSaved, client: httpx.AsyncClient, body: Any
) -> None:
    card = await ring(house, tenant, "call-1")
    answer = await client.put(f"/v1/insights/{card}/feedback", json=body)
    assert answer.status_code == 422
    assert "great" not in answer.text
    assert await feedback(house, tenant) == []


async def test_feedback_on_another_tenants_card_leaves_nothing(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    card, other = await ring(house, tenant, "call-1"), await house.open()
    answer = await house.client(other).put(f"/v1/insights/{card}/feedback", json=HELPFUL)
    assert answer.status_code == 404
    assert await feedback(house, tenant) == await feedback(house, other) == []


@in_memory
@pytest.mark.parametrize("odd", ["%00", "..%2f..", "$ne", "a" * 2000, "%F0%9F%93%9E"])
async def test_odd_ids_are_unknown_ones(client: httpx.AsyncClient, odd: str) -> None:
    for path in ("/v1/calls", "/v1/insights"):
        assert (await client.get(f"{path}/{odd}")).status_code == 404
