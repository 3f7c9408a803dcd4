"""One trace from the webhook to the screen, across the processes."""

import json
from typing import Any

from deploy.local.platform import Platform
from tests.support.platform import US, Outside, until

Span = dict[str, Any]


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

    async def both_cards() -> list[list[Span]]:
        chains = _chains_of(platform, event["id"])
        return chains if len(chains) == 2 else []

    chains = await until(both_cards, 30)
    longest = max(chains, key=len)
    names = [(span["service"], span["name"]) for span in longest]
    assert names[0] == ("gateway", "sse insight.produced")
    assert names[-1] == ("ingest", "POST /webhooks/telnyx")
    assert [service for service, _ in _runs(names)] == ["gateway", "insights", "matcher", "ingest"]
    assert ("matcher", "process call.started") in names
    assert ("insights", "process call.matched") in names
    assert longest[-1]["parent_id"] is None


async def test_no_span_holds_a_number(platform: Platform, outside: Outside) -> None:
    await outside.ring(US, **{"from": "+15125550171"})
    files = [platform.files.spans(name) for name in platform.services.processes]

    async def all_written() -> bool:
        return all(file.exists() for file in files)

    await until(all_written)
    for file in files:
        text = file.read_text()
        assert "5125550171" not in text
        assert "2025550131" not in text


def _about(event: dict[str, Any], session: str) -> bool:
    return bool(event["data"].get("session_id") == session)


def _chains_of(platform: Platform, event_id: str) -> list[list[Span]]:
    """For every SSE write of the trace of this event: its spans up to the root."""
    spans = [
        json.loads(line)
        for name in platform.services.processes
        if (file := platform.files.spans(name)).exists()
        for line in file.read_text().splitlines()
        if line.endswith("}")
    ]
    handled = [s for s in spans if s["attributes"].get("event_id") == event_id]
    traces = {span["trace_id"] for span in handled}
    by_id = {span["span_id"]: span for span in spans if span["trace_id"] in traces}
    leaves = [span for span in by_id.values() if span["name"] == "sse insight.produced"]
    chains = [_to_the_root(leaf, by_id) for leaf in leaves]
    return [chain for chain in chains if chain[-1]["parent_id"] is None]


def _to_the_root(span: Span, by_id: dict[str, Span]) -> list[Span]:
    chain = [span]
    while (parent := by_id.get(chain[-1]["parent_id"] or "")) is not None:
        chain.append(parent)
    return chain


def _runs(names: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Each service once per stretch of the chain."""
    return [n for i, n in enumerate(names) if i == 0 or names[i - 1][0] != n[0]]
