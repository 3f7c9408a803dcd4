"""`GET /v2/webhook_deliveries`: what a client finds that missed a receipt."""

from typing import Any

import httpx
import pytest

from tests.simulator.support import (
    CUSTOMER,
    OURS,
    RECEIPTS,
    Clock,
    Target,
    code_of,
    order,
    post,
)


async def listed(telnyx: httpx.AsyncClient, **query: str | int) -> dict[str, Any]:
    answer = await telnyx.get("/v2/webhook_deliveries", params=query)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def test_a_delivery_tells_the_event_and_every_attempt(
    telnyx: httpx.AsyncClient, target: Target
) -> None:
    target.answers = [503, None, 200]
    await order(telnyx, {"receipts": "unfinished", "count": 1})
    await post(telnyx)
    (one,) = (await listed(telnyx))["data"]
    assert one["webhook"] == target.bodies[0]["data"]
    assert (one["status"], one["started_at"]) == ("delivered", "2026-11-22T12:00:00.123+00:00")
    assert one["finished_at"] >= one["started_at"]
    attempts = [(attempt["status"], attempt["http"]["response"]) for attempt in one["attempts"]]
    assert attempts == [
        ("delivered", {"status": 200}),
        ("failed", None),
        ("failed", {"status": 503}),
    ]
    assert {attempt["http"]["request"]["url"] for attempt in one["attempts"]} == {RECEIPTS}


async def test_calls_are_listed_too(telnyx: httpx.AsyncClient) -> None:
    await telnyx.post("/calls", json={"to": OURS, "from": CUSTOMER})
    await post(telnyx)
    types = [one["webhook"]["event_type"] for one in (await listed(telnyx))["data"]]
    assert types == ["message.finalized", "message.sent", "call.initiated"]


async def test_filters(telnyx: httpx.AsyncClient, target: Target, clock: Clock) -> None:
    target.answers = [200, 400]
    await post(telnyx)
    clock.pass_(60)
    await post(telnyx, webhook_url=f"{RECEIPTS}00")

    async def found(**query: str) -> int:
        return len((await listed(telnyx, **query))["data"])

    assert await found(**{"filter[status][eq]": "failed"}) == 1
    assert await found(**{"filter[status][eq]": "delivered"}) == 3
    assert await found(**{"filter[started_at][gte]": "2026-11-22T12:01:00.123Z"}) == 2
    assert await found(**{"filter[started_at][lte]": "2026-11-22T12:00:00.123+00:00"}) == 2
    assert await found(**{"filter[finished_at][gte]": "2026-11-22T13:00:00Z"}) == 0
    assert await found(**{"filter[event_type]": "message.sent,call.cost"}) == 2
    assert await found(**{"filter[webhook][contains]": f"{RECEIPTS}00"}) == 2


async def test_pages(telnyx: httpx.AsyncClient) -> None:
    for _ in range(3):
        await post(telnyx)
    page = await listed(telnyx, **{"page[size]": 4, "page[number]": 2})
    assert page["meta"] == {
        "total_pages": 2,
        "total_results": 6,
        "page_number": 2,
        "page_size": 4,
    }
    first = await listed(telnyx, **{"page[size]": 4})
    assert len({one["id"] for one in first["data"] + page["data"]}) == 6
    assert (await listed(telnyx, **{"page[number]": 9}))["data"] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page[size]", "0"),
        ("page[number]", "two"),
        ("filter[started_at][gte]", "yesterday"),
        ("filter[started_at][gte]", "2026-11-22T12:00:00"),
        ("filter[stated_at][gte]", "2026-11-22T12:00:00Z"),
    ],
)
async def test_a_parameter_that_makes_no_sense(
    telnyx: httpx.AsyncClient, name: str, value: str
) -> None:
    answer = await telnyx.get("/v2/webhook_deliveries", params={name: value})
    assert code_of(answer) == (400, "10015")
    assert answer.json()["errors"][0]["source"] == {"parameter": name}
