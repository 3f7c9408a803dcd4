"""Receipts: their shapes, where they go, and what may become of them."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from services.ingest.domain.signature import PublicKey, verify
from tests.simulator.support import (
    API_KEY,
    FAILOVER,
    MESSAGE,
    RECEIPTS,
    SIGNER,
    TARGET,
    Clock,
    Target,
    built,
    log,
    order,
    post,
)

REAL = Path(__file__).parents[1] / "ingest" / "payloads"


def real(name: str) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads((REAL / f"{name}.json").read_text())["data"]["payload"]
    return payload


async def test_a_message_is_sent_and_delivered(
    telnyx: httpx.AsyncClient, target: Target, clock: Clock
) -> None:
    made = (await post(telnyx)).json()["data"]
    assert target.types == ["message.sent", "message.finalized"]
    assert [payload["id"] for payload in target.payloads] == [made["id"]] * 2
    assert [payload["to"][0]["status"] for payload in target.payloads] == ["sent", "delivered"]
    assert {payload["webhook_url"] for payload in target.payloads} == {RECEIPTS}
    assert len({body["data"]["id"] for body in target.bodies}) == 2
    assert target.bodies[0]["data"]["occurred_at"] == "2026-11-22T12:00:00.123+00:00"
    for request in target.requests:
        assert str(request.url) == RECEIPTS
        verify(request.headers.raw, request.content, [PublicKey.of(SIGNER.public)], clock.at)


async def test_a_delivered_one_has_the_documented_fields(
    telnyx: httpx.AsyncClient, target: Target
) -> None:
    await post(telnyx)
    sample = real("message_finalized_delivered")
    assert target.payloads[1].keys() == sample.keys()
    assert target.payloads[1]["to"][0].keys() == sample["to"][0].keys()
    unsaid = {"tags", "cost_breakdown"} | {name for name in sample if name.startswith("tcr_")}
    assert target.payloads[0].keys() == sample.keys() - unsaid


async def test_an_undelivered_one_has_the_documented_fields(
    telnyx: httpx.AsyncClient, target: Target
) -> None:
    await order(telnyx, {"receipts": "delivery_failed", "code": "40001", "count": 1})
    await post(telnyx)
    sample, payload = real("message_finalized_failed"), target.payloads[1]
    assert sample.keys() <= payload.keys()
    assert payload["to"] == [sample["to"][0] | {"phone_number": MESSAGE["to"]}]
    (error,) = payload["errors"]
    assert sample["errors"][0].keys() <= error.keys()
    assert (error["code"], error["source"]) == ("40001", {"pointer": "/to/0/phone_number"})
    assert target.payloads[0]["errors"] == []


@pytest.mark.parametrize(
    ("body", "urls"),
    [
        ({}, [RECEIPTS]),
        ({"use_profile_webhooks": True}, [RECEIPTS, TARGET]),
        ({"webhook_failover_url": FAILOVER}, [RECEIPTS, FAILOVER]),
        ({"webhook_url": None, "use_profile_webhooks": True}, [TARGET]),
        ({"webhook_url": None}, []),
    ],
)
async def test_the_url_of_the_message_goes_before_that_of_the_profile(
    telnyx: httpx.AsyncClient, target: Target, body: dict[str, Any], urls: list[str]
) -> None:
    target.answers = [503] * 12
    await order(telnyx, {"receipts": "unfinished", "count": 1})
    await post(telnyx, **body)
    tries = [url for url in urls for _ in range(3)]
    assert [str(request.url) for request in target.requests] == tries


async def test_doubled(telnyx: httpx.AsyncClient, target: Target) -> None:
    await order(telnyx, {"receipts": "doubled", "count": 1})
    await post(telnyx)
    assert target.types == ["message.sent"] * 2 + ["message.finalized"] * 2
    assert len({body["data"]["id"] for body in target.bodies}) == 2


async def test_reversed(telnyx: httpx.AsyncClient, target: Target) -> None:
    await order(telnyx, {"receipts": ["reversed", "delivery_failed"], "count": 1})
    await post(telnyx)
    assert target.types == ["message.finalized", "message.sent"]
    statuses = [payload["to"][0]["status"] for payload in target.payloads]
    assert statuses == ["delivery_failed", "sent"]


async def test_never_finalized(telnyx: httpx.AsyncClient, target: Target) -> None:
    await order(telnyx, {"receipts": "unfinished", "count": 1})
    made = (await post(telnyx)).json()["data"]["id"]
    assert target.types == ["message.sent"]
    data = (await telnyx.get(f"/v2/messages/{made}")).json()["data"]
    assert data["to"][0]["status"] == "sent"


async def test_lost_ones_are_in_the_delivery_log_as_failed(
    telnyx: httpx.AsyncClient, target: Target
) -> None:
    await order(telnyx, {"receipts": "lost", "count": 1})
    made = (await post(telnyx)).json()["data"]["id"]
    assert target.requests == []
    shown = (await telnyx.get("/v2/webhook_deliveries")).json()["data"]
    told = [(one["status"], one["webhook"]["event_type"], len(one["attempts"])) for one in shown]
    assert told == [("failed", "message.finalized", 3), ("failed", "message.sent", 3)]
    assert {one["webhook"]["payload"]["id"] for one in shown} == {made}


async def test_withheld_ones_are_nowhere(telnyx: httpx.AsyncClient, target: Target) -> None:
    await order(telnyx, {"withhold": True, "count": 1})
    made = (await post(telnyx)).json()["data"]["id"]
    assert target.requests == []
    assert (await telnyx.get(f"/v2/messages/{made}")).status_code == 404
    assert (await telnyx.get("/v2/webhook_deliveries")).json()["data"] == []
    (entry,) = await log(telnyx)
    assert (entry["accepted"], entry["withheld"], entry["provider_id"]) == (True, True, made)


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ([], ["answer", "message.sent", "message.finalized"]),
        ([{"receipts": "early", "count": 1}], ["message.sent", "message.finalized", "answer"]),
        (
            [{"receipts": ["early", "reversed"], "count": 1}],
            ["message.finalized", "message.sent", "answer"],
        ),
    ],
)
async def test_receipts_may_come_before_the_answer(
    clock: Clock, faults: list[dict[str, Any]], expected: list[str]
) -> None:
    happened: list[str] = []

    class Noting(Target):
        def handle(self, request: httpx.Request) -> httpx.Response:
            happened.append(json.loads(request.content)["data"]["event_type"])
            return httpx.Response(200)

    app = built(Noting(), clock)

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                happened.append("answer")
            await send(message)

        await app(scope, receive, noting)

    headers = {"authorization": f"Bearer {API_KEY}"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(watched), base_url="http://simulator.test", headers=headers
    ) as telnyx:
        await order(telnyx, *faults)
        happened.clear()
        await post(telnyx)
    assert happened == expected
