"""One trace from the webhook to the screen, across the processes."""

import json
from typing import Any

from deploy.local.platform import Platform
from tests.support.office import note, send, state_of
from tests.support.platform import US, Outside, until

Span = dict[str, Any]
Chain = list[Span]

WEBHOOK = ("ingest", "POST /webhooks/telnyx")
TAKEN = [("ingest", "publish messages.v1"), WEBHOOK]


async def test_parent_ids_lead_from_the_sse_write_to_the_webhook(
    outside: Outside, platform: Platform
) -> None:
    agent = await outside.person(US, "agent")
    async with agent.live() as stream:
        rung = await outside.ring(US, **{"from": "+15125550171"})
        session = rung["session_id"]
        await stream.expect(
            "insight.produced",
            lambda e: e["data"].get("session_id") == session and e["data"].get("version") == 2,
        )
    event = next(d for _, n, d in stream.seen if n == "call.started" and _about(d, session))
    chains = await _written(platform, event["id"], "sse insight.produced", 2)
    longest = max(chains, key=len)
    names = _names(longest)
    assert names[0] == ("gateway", "sse insight.produced")
    assert names[-1] == WEBHOOK
    assert [service for service, _ in _runs(names)] == ["gateway", "insights", "matcher", "ingest"]
    assert ("matcher", "process call.started") in names
    assert ("insights", "process call.matched") in names


async def test_a_stop_is_one_trace_to_the_screen(outside: Outside, platform: Platform) -> None:
    number = "+13035550181"
    agent = await outside.person(US, "agent")
    subject = (await note(agent, number, "grant"))["state"]["subject"]
    async with agent.live() as stream:
        texted = await _text(outside, number, "STOP")
        await stream.expect(
            "consent.changed",
            lambda e: e["data"]["subject"] == subject and e["data"]["suppressed"],
        )
        _, asked = await stream.expect("sms.requested", lambda e: e["data"]["subject"] == subject)
        message = asked["data"]["message_id"]
        await stream.expect("sms.sent", lambda e: e["data"]["message_id"] == message)
    event_id = texted["sent"][0]["event_id"]
    (changed,) = await _written(platform, event_id, "sse consent.changed")
    assert _names(changed) == [
        ("gateway", "sse consent.changed"),
        ("consent", "publish consent.v1"),
        ("consent", "process message.received"),
        *TAKEN,
    ]
    (confirmed,) = await _written(platform, event_id, "telnyx send")
    assert _names(confirmed) == [
        ("messaging", "telnyx send"),
        ("messaging", "send message"),
        ("messaging", "process message.received"),
        *TAKEN,
    ]
    assert confirmed[0]["kind"] == "client"


async def test_a_text_is_one_trace_to_the_provider_and_its_receipt_another_to_the_screen(
    outside: Outside, platform: Platform
) -> None:
    """The provider hands no trace on: what it reports begins one of its own, by the webhook."""
    agent = await outside.person(US, "agent")
    async with agent.live() as stream:
        answer = await send(agent, "+13035550182", "service", "Your policy is ready.")
        message = answer.json()["id"]

        def mine(event: dict[str, Any]) -> bool:
            return bool(event["data"]["message_id"] == message)

        await stream.expect("sms.sent", mine)
        await stream.expect("sms.delivered", mine)
    asking = answer.headers["traceparent"].split("-")[1]
    asked = [
        ("messaging", "POST /v1/messages"),
        ("gateway", "proxy POST /v1/messages"),
        ("gateway", "POST /v1/messages"),
    ]
    (requested,) = await _in_trace(platform, asking, "sse sms.requested")
    told = [("gateway", "sse sms.requested"), ("messaging", "publish sms.v1")]
    assert _names(requested) == [*told, *asked]
    (request,) = await _in_trace(platform, asking, "telnyx send")
    sending = [("messaging", "telnyx send"), ("messaging", "send message")]
    assert _names(request) == [*sending, *asked]
    assert request[0]["kind"] == "client"
    receipt = await _receipt(outside, request[0]["attributes"]["ref"])
    (delivered,) = await _written(platform, receipt, "sse sms.delivered")
    assert _names(delivered) == [
        ("gateway", "sse sms.delivered"),
        ("messaging", "publish sms.v1"),
        ("messaging", "process message.status"),
        *TAKEN,
    ]
    assert delivered[0]["trace_id"] != asking


async def test_no_span_holds_a_number_or_a_text(platform: Platform, outside: Outside) -> None:
    await outside.ring(US, **{"from": "+15125550171"})
    agent = await outside.person(US, "agent")
    answer = await send(agent, "+13035550183", "service", "Zebrawood words.")
    await state_of(agent, answer.json()["id"], "delivered")
    await _text(outside, "+13035550183", "Zebrawood too.")
    files = [platform.files.spans(name) for name in platform.services.processes]

    async def all_written() -> bool:
        return all(file.exists() for file in files)

    await until(all_written)
    for file in files:
        text = file.read_text()
        for said in ("5125550171", "2025550131", "3035550183", "Zebrawood"):
            assert said not in text


async def _text(outside: Outside, number: str, words: str) -> dict[str, Any]:
    """A customer texts the agency."""
    line = outside.platform.tenants[US]["number"]
    return await outside.ask("/texts", {"from": number, "to": line, "text": words})


async def _receipt(outside: Outside, ref: str) -> str:
    """The id of the webhook that reported the end of an attempt, from the provider's log."""
    query = {"filter[webhook][contains]": ref, "filter[event_type]": "message.finalized"}
    key = {"Authorization": "Bearer KEYTEST"}
    answer = await outside.simulator.get("/v2/webhook_deliveries", params=query, headers=key)
    (delivery,) = answer.json()["data"]
    found: str = delivery["webhook"]["id"]
    return found


def _about(event: dict[str, Any], session: str) -> bool:
    return bool(event["data"].get("session_id") == session)


async def _written(platform: Platform, event_id: str, leaf: str, count: int = 1) -> list[Chain]:
    """The chains in the traces of what handled an event, once so many are written."""

    async def there() -> list[Chain]:
        spans = _spans(platform)
        handled = [s for s in spans if s["attributes"].get("event_id") == event_id]
        chains = _chains(spans, {span["trace_id"] for span in handled}, leaf)
        return chains if len(chains) == count else []

    found: list[Chain] = await until(there, 30)
    return found


async def _in_trace(platform: Platform, trace: str, leaf: str) -> list[Chain]:
    """The chains in one trace, once there are any."""

    async def there() -> list[Chain]:
        return _chains(_spans(platform), {trace}, leaf)

    found: list[Chain] = await until(there, 30)
    return found


def _spans(platform: Platform) -> list[Span]:
    return [
        json.loads(line)
        for name in platform.services.processes
        if (file := platform.files.spans(name)).exists()
        for line in file.read_text().splitlines()
        if line.endswith("}")
    ]


def _chains(spans: list[Span], traces: set[str], leaf: str) -> list[Chain]:
    """For every span of these traces with this name: its spans up to the root."""
    by_id = {span["span_id"]: span for span in spans if span["trace_id"] in traces}
    leaves = [span for span in by_id.values() if span["name"] == leaf]
    chains = [_to_the_root(leaf, by_id) for leaf in leaves]
    return [chain for chain in chains if chain[-1]["parent_id"] is None]


def _names(chain: Chain) -> list[tuple[str, str]]:
    return [(span["service"], span["name"]) for span in chain]


def _to_the_root(span: Span, by_id: dict[str, Span]) -> Chain:
    chain = [span]
    while (parent := by_id.get(chain[-1]["parent_id"] or "")) is not None:
        chain.append(parent)
    return chain


def _runs(names: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each service once per stretch of the chain."""
    return [n for i, n in enumerate(names) if i == 0 or names[i - 1][0] != n[0]]
