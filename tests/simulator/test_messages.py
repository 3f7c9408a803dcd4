"""`POST /v2/messages` and `GET /v2/messages/{id}`, as Telnyx answers them."""

from typing import Any

import httpx
import pytest

from deploy.simulator.messages.carrier import Terms
from deploy.simulator.messages.sends import Sends
from tests.simulator.support import (
    CUSTOMER,
    MESSAGE,
    OURS,
    PROFILE,
    RECEIPTS,
    Clock,
    Target,
    code_of,
    log,
    post,
    simulator,
)

FIELDS = {
    *("record_type", "direction", "id", "type", "organization_id", "messaging_profile_id"),
    *("from", "to", "cc", "text", "media", "webhook_url", "webhook_failover_url", "encoding"),
    *("parts", "tags", "cost", "cost_breakdown", "errors", "received_at", "sent_at"),
    *("completed_at", "valid_until"),
    *("tcr_campaign_id", "tcr_campaign_billable", "tcr_campaign_registered"),
}


async def test_a_message_is_answered_in_the_shape_of_a_real_answer(
    telnyx: httpx.AsyncClient,
) -> None:
    answer = await post(telnyx)
    data = answer.json()["data"]
    assert (answer.status_code, data.keys()) == (200, FIELDS)
    assert data["from"] == {"phone_number": OURS, "carrier": "Telnyx", "line_type": "Wireless"}
    assert data["to"][0]["phone_number"] == CUSTOMER
    assert (data["to"][0]["status"], data["sent_at"], data["completed_at"]) == (
        "queued",
        None,
        None,
    )
    assert (data["messaging_profile_id"], data["webhook_url"]) == (PROFILE, RECEIPTS)
    assert data["received_at"] == "2026-11-22T12:00:00.123+00:00"
    assert data["valid_until"] == "2026-11-22T13:00:00.123+00:00"


@pytest.mark.parametrize(
    ("text", "encoding", "parts", "cost"),
    [
        ("Your table is ready.", "GSM-7", 1, "0.0140"),
        ("a" * 161, "GSM-7", 2, "0.0280"),
        ("طاولتك جاهزة", "UCS-2", 1, "0.0140"),
        ("م" * 135, "UCS-2", 3, "0.0420"),
    ],
)
async def test_parts_are_counted_and_charged(
    telnyx: httpx.AsyncClient, text: str, encoding: str, parts: int, cost: str
) -> None:
    data = (await post(telnyx, text=text)).json()["data"]
    assert (data["encoding"], data["parts"], data["text"]) == (encoding, parts, text)
    assert data["cost"] == {"amount": cost, "currency": "USD"}


async def test_the_parts_of_a_cost_sum_up_to_it(telnyx: httpx.AsyncClient) -> None:
    data = (await post(telnyx, text="a" * 161)).json()["data"]
    assert data["cost_breakdown"]["rate"]["amount"] == "0.00800"
    assert data["cost_breakdown"]["carrier_fee"]["amount"] == "0.02000"


async def test_an_alphanumeric_sender(telnyx: httpx.AsyncClient) -> None:
    data = (await post(telnyx, **{"from": "Agency-AD", "to": "+966500000001"})).json()["data"]
    assert data["from"] == {"phone_number": "Agency-AD", "carrier": "", "line_type": ""}


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"to": ""}, "10004", "/to"),
        ({"to": "5125550142"}, "40310", "/to"),
        ({"to": 15}, "10015", "/to"),
        ({"from": ""}, "10004", "/from"),
        ({"from": "+1-202"}, "40305", "/from"),
        ({"from": "12345678901a", "to": "+966500000001"}, "40305", "/from"),
        ({"from": "Agency"}, "40301", "/to"),
        (
            {"from": "Agency", "to": "+966500000001", "messaging_profile_id": None},
            "10004",
            "/messaging_profile_id",
        ),
        ({"text": ""}, "40316", "/text"),
        ({"text": "a" * 1531}, "40302", "/text"),
        ({"text": "م", "encoding": "gsm7"}, "10015", "/encoding"),
        ({"media_urls": ["https://example.com/a.png"]}, "40319", "/type"),
        ({"send_at": "2026-11-23T12:00:00Z"}, "10015", "/send_at"),
        ({"webhook_url": "ingest"}, "10003", "/webhook_url"),
    ],
)
async def test_a_flaw_is_named_by_its_place(
    telnyx: httpx.AsyncClient, target: Target, body: dict[str, Any], code: str, pointer: str
) -> None:
    answer = await post(telnyx, **body)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["code"]) == (400, code)
    assert error["source"] == {"pointer": pointer}
    assert error["meta"] == {"url": f"https://developers.telnyx.com/docs/overview/errors/{code}"}
    assert error["title"]
    assert error["detail"]
    assert target.requests == []


async def test_every_flaw_is_named(telnyx: httpx.AsyncClient) -> None:
    answer = await telnyx.post("/v2/messages", json={})
    assert [error["source"]["pointer"] for error in answer.json()["errors"]] == [
        "/to",
        "/from",
        "/text",
    ]


@pytest.mark.parametrize("body", [b"", b"to=me", b"[]", b'{"to": "\xff"}', b'{"text": "\\ud800"}'])
async def test_a_body_that_is_no_json_object(telnyx: httpx.AsyncClient, body: bytes) -> None:
    assert code_of(await telnyx.post("/v2/messages", content=body)) == (400, "10015")
    assert [(entry["to"], entry["accepted"]) for entry in await log(telnyx)] == [(None, False)]


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer ", "Basic YTpi"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v2/messages"),
        ("GET", "/v2/messages/x"),
        ("GET", "/v2/webhook_deliveries"),
        ("GET", "/v2/messaging_optouts"),
    ],
)
async def test_without_a_key(telnyx: httpx.AsyncClient, given: str, method: str, path: str) -> None:
    answer = await telnyx.request(method, path, json=MESSAGE, headers={"authorization": given})
    assert code_of(answer) == (401, "10009")


async def test_the_key_of_the_account(target: Target, clock: Clock) -> None:
    async with simulator(target, clock, terms=Terms("another", delays=(0, 0))) as telnyx:
        assert code_of(await post(telnyx)) == (401, "10009")
        assert [entry["answered"] for entry in await log(telnyx)] == [401]
        telnyx.headers["authorization"] = "Bearer another"
        assert (await post(telnyx)).status_code == 200


async def test_a_message_is_read_back(telnyx: httpx.AsyncClient, clock: Clock) -> None:
    made = (await post(telnyx)).json()["data"]
    answer = await telnyx.get(f"/v2/messages/{made['id']}")
    data = answer.json()["data"]
    assert (answer.status_code, data["id"]) == (200, made["id"])
    assert data["to"][0]["status"] == "delivered"
    assert data["completed_at"] == "2026-11-22T12:00:00.123+00:00"


async def test_an_unknown_message(telnyx: httpx.AsyncClient) -> None:
    assert code_of(await telnyx.get("/v2/messages/unknown")) == (404, "10005")


async def test_the_log_tells_what_was_accepted(telnyx: httpx.AsyncClient) -> None:
    made = (await post(telnyx, "key-1")).json()["data"]
    await post(telnyx, text="")
    first, second = await log(telnyx)
    assert first == {
        "number": 1,
        "received_at": "2026-11-22T12:00:00.123+00:00",
        "idempotency_key": "key-1",
        "way": "accepted",
        "from": OURS,
        "to": CUSTOMER,
        "text": MESSAGE["text"],
        "webhook_url": RECEIPTS,
        "answered": 200,
        "code": None,
        "accepted": True,
        "replayed": False,
        "withheld": False,
        "provider_id": made["id"],
    }
    assert (second["answered"], second["code"], second["accepted"]) == (400, "40316", False)


async def test_the_log_is_read_in_pages(telnyx: httpx.AsyncClient) -> None:
    for _ in range(3):
        await post(telnyx)
    page = (await telnyx.get("/sends", params={"limit": 2})).json()
    assert ([entry["number"] for entry in page["data"]], page["last"]) == ([1, 2], 2)
    page = (await telnyx.get("/sends", params={"since": page["last"]})).json()
    assert ([entry["number"] for entry in page["data"]], page["last"]) == ([3], 3)
    page = (await telnyx.get("/sends", params={"since": 3})).json()
    assert page == {"data": [], "last": 3, "forgotten": 0}


def test_the_log_is_bounded_and_says_so(clock: Clock) -> None:
    sends = Sends(clock.now)
    for _ in range(20_003):
        sends.note(None)
    assert (sends.since(0, 1)["forgotten"], sends.since(1, 1)["forgotten"]) == (3, 2)
    assert (sends.since(0, 1)["last"], sends.since(20_000, 9)["last"]) == (4, 20_003)
