from itertools import permutations
from typing import Any

import httpx
import pytest

from deploy.simulator.orders import NOBODYS_CONNECTION
from services.ingest.domain.signature import PublicKey, Unsigned, verify
from tests.simulator.support import CUSTOMER, OURS, SIGNER, Clock, Target


async def ring(telnyx: httpx.AsyncClient, **order: Any) -> dict[str, Any]:
    answer = await telnyx.post("/calls", json={"to": OURS, "from": CUSTOMER} | order)
    assert answer.status_code == 200, answer.text
    outcome: dict[str, Any] = answer.json()
    return outcome


async def test_a_ring_gives_the_session_and_what_ingest_answered(
    telnyx: httpx.AsyncClient, target: Target
) -> None:
    outcome = await ring(telnyx)
    (payload,) = target.payloads
    assert payload["call_session_id"] == outcome["session_id"]
    assert (payload["from"], payload["to"], payload["direction"]) == (CUSTOMER, OURS, "incoming")
    assert payload["caller_id_name"] == CUSTOMER
    assert payload["connection_id"] == NOBODYS_CONNECTION
    assert payload["start_time"] == "2026-11-22T12:00:00.123456Z"
    assert outcome["status"] == 200
    assert outcome["latency_ms"] >= 0


async def test_a_call_from_ring_to_cost(
    telnyx: httpx.AsyncClient, target: Target, clock: Clock
) -> None:
    session = (await ring(telnyx))["session_id"]
    for what, seconds in (("answer", 7), ("hangup", 61), ("cost", 20)):
        clock.pass_(seconds)
        await telnyx.post(f"/calls/{session}/{what}")
    assert target.types == ["call.initiated", "call.answered", "call.hangup", "call.cost"]
    assert {payload["call_session_id"] for payload in target.payloads} == {session}
    assert len({body["data"]["id"] for body in target.bodies}) == 4
    assert target.payloads[2]["hangup_cause"] == "normal_clearing"
    assert target.payloads[2]["end_time"] == "2026-11-22T12:01:08.123456Z"
    assert target.payloads[3]["billed_duration_secs"] == 120


async def test_a_missed_call_costs_nothing(telnyx: httpx.AsyncClient, target: Target) -> None:
    session = (await ring(telnyx))["session_id"]
    await telnyx.post(f"/calls/{session}/hangup")
    await telnyx.post(f"/calls/{session}/cost")
    assert target.payloads[1]["sip_hangup_cause"] == "487"
    assert target.payloads[2]["total_cost"] == "0.0000"


@pytest.mark.parametrize("order", [{"from": None}, {"withheld": True}])
async def test_withheld(telnyx: httpx.AsyncClient, target: Target, order: dict[str, Any]) -> None:
    await ring(telnyx, **order)
    assert target.payloads[0]["from"] == "anonymous"
    assert CUSTOMER not in str(target.bodies)


async def test_spoofed(telnyx: httpx.AsyncClient, target: Target) -> None:
    await ring(telnyx, spoofed=True)
    await ring(telnyx, attestation="C")
    said = [
        (payload["shaken_stir_attestation"], payload["shaken_stir_validated"])
        for payload in target.payloads
    ]
    assert said == [("A", False), ("C", True)]


@pytest.mark.parametrize("how", ["wrong", "old", "missing", "doubled"])
async def test_a_spoiled_signature_is_refused(
    telnyx: httpx.AsyncClient, target: Target, clock: Clock, how: str
) -> None:
    target.answers = [401]
    outcome = await ring(telnyx, signature=how)
    assert (outcome["status"], outcome["sent"][0]["attempts"]) == (401, 1)
    request = target.requests[0]
    with pytest.raises(Unsigned):
        verify(request.headers.raw, request.content, [PublicKey.of(SIGNER.public)], clock.at)


async def test_doubled_is_the_same_event(telnyx: httpx.AsyncClient, target: Target) -> None:
    outcome = await ring(telnyx, times=5)
    assert len(outcome["sent"]) == 5
    assert {body["data"]["id"] for body in target.bodies} == {outcome["sent"][0]["event_id"]}
    for _ in range(2):
        await telnyx.post(f"/calls/{outcome['session_id']}/answer")
    assert target.bodies[-1] == target.bodies[-2]


async def test_late(telnyx: httpx.AsyncClient, target: Target) -> None:
    session = (await ring(telnyx, age=3600, delay=0.01))["session_id"]
    await telnyx.post(f"/calls/{session}/answer", json={"after": 9.5})
    assert [body["data"]["occurred_at"] for body in target.bodies] == [
        "2026-11-22T11:00:00.123456Z",
        "2026-11-22T11:00:09.623456Z",
    ]


@pytest.mark.parametrize("order", [*permutations(["initiated", "answered", "hangup"])])
async def test_every_order_tells_the_same_call(
    telnyx: httpx.AsyncClient, target: Target, order: tuple[str, ...]
) -> None:
    session = (await ring(telnyx, hold=True))["session_id"]
    assert target.requests == []
    script = {"steps": [{"event": name} for name in order]}
    outcome = (await telnyx.post(f"/calls/{session}/script", json=script)).json()
    assert target.types == [f"call.{name}" for name in order]
    assert [sent["status"] for sent in outcome["sent"]] == [200, 200, 200]
    ended = next(payload for payload in target.payloads if "end_time" in payload)
    assert ended["end_time"] == "2026-11-22T12:01:05.123456Z"
    assert ended["hangup_cause"] == "normal_clearing"


async def test_a_script_can_send_all_at_once_and_some_twice(
    telnyx: httpx.AsyncClient, target: Target
) -> None:
    session = (await ring(telnyx, hold=True, session_id="own-session-1"))["session_id"]
    steps = [{"event": "hangup", "times": 2, "after": 3}, {"event": "initiated"}]
    script = {"steps": steps, "concurrent": True}
    await telnyx.post(f"/calls/{session}/script", json=script)
    assert session == "own-session-1"
    assert sorted(target.types) == ["call.hangup", "call.hangup", "call.initiated"]
    assert len({body["data"]["id"] for body in target.bodies}) == 2


async def test_the_log_tells_what_became_of_each_delivery(
    telnyx: httpx.AsyncClient, target: Target
) -> None:
    target.answers = [503, None, 200, 401]
    await ring(telnyx)
    await ring(telnyx)
    log = (await telnyx.get("/deliveries", params={"limit": 2})).json()
    assert [entry["delivered"] for entry in log] == [False, True]
    assert [attempt["status"] for attempt in log[1]["attempts"]] == [503, None, 200]
    assert {attempt["milliseconds"] >= 0 for attempt in log[1]["attempts"]} == {True}


@pytest.mark.parametrize("what", ["answer", "hangup", "cost"])
async def test_an_unknown_call(telnyx: httpx.AsyncClient, what: str) -> None:
    assert (await telnyx.post(f"/calls/nobody/{what}")).status_code == 404


async def test_an_order_with_a_wrong_word_is_refused(telnyx: httpx.AsyncClient) -> None:
    answer = await telnyx.post("/calls", json={"to": OURS, "form": CUSTOMER})
    assert answer.status_code == 422


async def test_it_lives(telnyx: httpx.AsyncClient) -> None:
    assert (await telnyx.get("/livez")).json() == {"status": "ok"}
