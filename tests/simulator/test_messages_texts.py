"""People who text, and whom the provider has stopped by itself."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.simulator.messages.carrier import Terms
from tests.simulator.support import (
    CUSTOMER,
    OURS,
    PROFILE,
    TARGET,
    Clock,
    Target,
    code_of,
    log,
    post,
    simulator,
)

REAL = Path(__file__).parents[1] / "ingest" / "payloads" / "message_received.json"


@pytest.fixture
async def answering(target: Target, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    """A provider that answers STOP, START and HELP itself."""
    async with simulator(target, clock, terms=Terms(None, True, (0, 0))) as client:
        yield client


async def text(telnyx: httpx.AsyncClient, words: str, **order: Any) -> dict[str, Any]:
    whole = {"from": CUSTOMER, "to": OURS, "text": words, "messaging_profile_id": PROFILE} | order
    answer = await telnyx.post("/texts", json=whole)
    assert answer.status_code == 200, answer.text
    outcome: dict[str, Any] = answer.json()
    return outcome


async def stopped(telnyx: httpx.AsyncClient, **query: str) -> list[dict[str, Any]]:
    answer = await telnyx.get("/v2/messaging_optouts", params=query)
    assert answer.status_code == 200, answer.text
    data: list[dict[str, Any]] = answer.json()["data"]
    return data


async def test_a_text_arrives_in_the_documented_shape(
    telnyx: httpx.AsyncClient, target: Target
) -> None:
    outcome = await text(telnyx, "مرحبا")
    (body,), (payload,) = target.bodies, target.payloads
    sample = json.loads(REAL.read_text())["data"]
    assert body["data"].keys() == sample.keys()
    assert payload.keys() == sample["payload"].keys()
    for end in ("from", "cost"):
        assert payload[end].keys() == sample["payload"][end].keys()
    assert payload["to"][0].keys() == sample["payload"]["to"][0].keys()
    assert (payload["from"]["phone_number"], payload["to"][0]["phone_number"]) == (CUSTOMER, OURS)
    assert (payload["text"], payload["encoding"], payload["parts"]) == ("مرحبا", "UCS-2", 1)
    assert (payload["messaging_profile_id"], payload["webhook_url"]) == (PROFILE, TARGET)
    assert body["data"]["event_type"] == "message.received"
    assert body["data"]["occurred_at"] == "2026-11-22T12:00:00.123+00:00"
    assert outcome["message_id"] == payload["id"] != body["data"]["id"]
    assert (outcome["status"], outcome["messaging_profile_id"]) == (200, PROFILE)


async def test_a_text_is_doubled_late_old_or_badly_signed(
    telnyx: httpx.AsyncClient, target: Target
) -> None:
    target.answers = [200, 200, 401]
    doubled = await text(telnyx, "Hello", times=2, delay=0.01, age=60)
    assert [sent["status"] for sent in doubled["sent"]] == [200, 200]
    assert target.bodies[0] == target.bodies[1]
    assert target.bodies[0]["data"]["occurred_at"] == "2026-11-22T11:59:00.123+00:00"
    assert (await text(telnyx, "Hello", signature="wrong"))["status"] == 401


async def test_a_text_is_read_back(telnyx: httpx.AsyncClient) -> None:
    outcome = await text(telnyx, "Hello")
    data = (await telnyx.get(f"/v2/messages/{outcome['message_id']}")).json()["data"]
    assert (data["direction"], data["text"]) == ("inbound", "Hello")


async def test_a_number_keeps_the_profile_it_was_named_with(telnyx: httpx.AsyncClient) -> None:
    own = (await text(telnyx, "Hello", messaging_profile_id=None))["messaging_profile_id"]
    assert own != PROFILE
    await post(telnyx)
    again = await text(telnyx, "Hello", messaging_profile_id=None)
    assert again["messaging_profile_id"] == PROFILE


async def test_our_own_side_answers_by_default(telnyx: httpx.AsyncClient, target: Target) -> None:
    assert (await text(telnyx, "STOP"))["autoresponse_type"] is None
    assert "autoresponse_type" not in target.payloads[0]
    assert await stopped(telnyx) == []
    assert (await post(telnyx)).status_code == 200


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("STOP", "STOP"),
        (" stop  all ", "STOP"),
        ("StopAll", "STOP"),
        ("quit", "STOP"),
        ("unstop", "START"),
        ("Start", "START"),
        ("help", "HELP"),
        ("STOP 12345", None),
        ("revoke", None),
        ("opt out", None),
    ],
)
async def test_the_default_words(
    answering: httpx.AsyncClient, target: Target, words: str, kind: str | None
) -> None:
    assert (await text(answering, words))["autoresponse_type"] == kind
    assert target.payloads[0].get("autoresponse_type") == kind
    assert len(await stopped(answering)) == (kind == "STOP")


async def test_one_text_may_be_answered_unlike_the_others(
    telnyx: httpx.AsyncClient, answering: httpx.AsyncClient
) -> None:
    assert (await text(telnyx, "STOP", autoresponse=True))["autoresponse_type"] == "STOP"
    assert (await text(answering, "STOP", autoresponse=False))["autoresponse_type"] is None


async def test_a_stopped_profile_is_blocked_with_all_its_numbers(
    answering: httpx.AsyncClient, target: Target
) -> None:
    await text(answering, "STOP")
    target.requests.clear()
    answer = await post(answering, **{"from": "+12025550199"})
    assert code_of(answer) == (403, "40300")
    assert answer.json()["errors"][0]["title"] == "Blocked due to STOP message"
    assert target.requests == []
    assert [(entry["accepted"], entry["code"]) for entry in await log(answering)] == [
        (False, "40300")
    ]
    assert (await post(answering, messaging_profile_id="another")).status_code == 200
    assert (await post(answering, to="+15125550143")).status_code == 200


async def test_start_lifts_the_block(answering: httpx.AsyncClient) -> None:
    await text(answering, "STOP")
    await text(answering, "HELP")
    assert (await post(answering)).status_code == 403
    await text(answering, "START")
    assert (await post(answering)).status_code == 200
    assert await stopped(answering) == []


async def test_opt_outs_are_listed(answering: httpx.AsyncClient, clock: Clock) -> None:
    await text(answering, "stop")
    clock.pass_(60)
    await text(answering, "CANCEL", **{"from": "+15125550143", "messaging_profile_id": "another"})
    newest, oldest = await stopped(answering)
    assert oldest == {
        "created_at": "2026-11-22T12:00:00.123+00:00",
        "from": OURS,
        "to": CUSTOMER,
        "keyword": "STOP",
        "messaging_profile_id": PROFILE,
    }
    assert await stopped(answering, **{"filter[messaging_profile_id]": PROFILE}) == [oldest]
    assert await stopped(answering, **{"filter[from]": OURS}) == [newest, oldest]
    assert await stopped(answering, **{"filter[from]": CUSTOMER}) == []
    assert await stopped(answering, **{"created_at[gte]": "2026-11-22T12:01:00Z"}) == [newest]
    assert await stopped(answering, **{"created_at[lte]": oldest["created_at"]}) == [oldest]
    redacted = await stopped(answering, redaction_enabled="true")
    assert {block["to"] for block in redacted} == {"+1512*******"}


async def test_an_order_with_a_wrong_word_is_refused(telnyx: httpx.AsyncClient) -> None:
    answer = await telnyx.post("/texts", json={"from": CUSTOMER, "to": OURS, "body": "Hello"})
    assert answer.status_code == 422
