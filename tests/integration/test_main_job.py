"""The main job on the running platform: what arrives, in whatever order, ends the same."""

from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.agency import Person
from deploy.local.platform import Platform
from deploy.local.show import Show
from tests.support.platform import SA, US, Outside, until

EVENTS = ("initiated", "answered", "hangup")


async def test_the_demo_is_seen(platform: Platform) -> None:
    stack = platform.files.read_stack()
    assert stack is not None
    said: list[str] = []
    await Show(stack, said.append).run()
    assert said[-1] == "neither agency saw a call of the other"


async def test_the_same_webhook_five_times_is_one_call_one_match_one_card(
    outside: Outside,
) -> None:
    agent = await outside.person(US, "agent")
    async with agent.live() as stream:
        rung = await outside.ring(US, **{"from": "+13035550173", "times": 5})
        assert [sent["status"] for sent in rung["sent"]] == [200] * 5
        assert len({sent["event_id"] for sent in rung["sent"]}) == 1
        session = rung["session_id"]
        await stream.expect("insight.produced", _of(session, 2))
        follower = await outside.ring(US, **{"from": "+15125550190"})
        await stream.expect("insight.produced", _of(follower["session_id"], 2))
        names = [name for _, name, data in stream.seen if _of(session, 0)(data)]
    assert sorted(names) == ["call.matched", "call.started", "insight.produced", "insight.produced"]
    assert len(await _listed(agent, "/v1/calls", "id", session)) == 1
    assert len(await _listed(agent, "/v1/insights", "session_id", session)) == 1


async def test_in_all_six_orders_the_end_state_is_the_same(outside: Outside) -> None:
    agent = await outside.person(US, "agent")
    states = [await _end_state(outside, agent, order) for order in permutations(EVENTS)]
    assert len(states) == 6
    assert all(state == states[0] for state in states)
    call, card = states[0]
    assert call["outcome"] == "short"
    assert call["match"]["best"]["name"] == "Carmen Delgado"
    assert card["version"] == 2


async def test_two_agencies_with_one_customer_number_see_their_own(outside: Outside) -> None:
    number, names = "+442079460018", {US: "Ann of the one", SA: "Ann of the other"}
    for tenant, name in names.items():
        admin = await outside.person(tenant, "admin")
        body = {"name": name, "numbers": [{"number": number}], "lawful_basis": "contract"}
        assert (await admin.http.post("/v1/customers", json=body)).status_code == 201
    for tenant, name in names.items():
        agent = await outside.person(tenant, "agent")
        async with agent.live() as stream:
            rung = await outside.ring(tenant, **{"from": number})
            _, event = await stream.expect("call.matched", _of(rung["session_id"], 0))
        candidates = event["data"]["candidates"]
        assert [candidate["name"] for candidate in candidates] == [name]


@pytest.mark.parametrize("flaw", ["wrong", "old", "missing", "doubled"])
async def test_a_bad_signature_is_refused_in_one_constant_way(outside: Outside, flaw: str) -> None:
    rung = await outside.ring(US, **{"from": "+13035550173", "signature": flaw})
    assert rung["status"] == 401
    agent = await outside.person(US, "agent")
    assert await _listed(agent, "/v1/calls", "id", rung["session_id"]) == []


async def _end_state(
    outside: Outside, agent: Person, order: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Plays a call's events in this order of delivery and returns call and card at the end."""
    caller = await _fresh_customer(outside)
    rung = await outside.ring(US, **{"from": caller, "hold": True})
    session = rung["session_id"]
    happened = {"initiated": 0, "answered": 4, "hangup": 7}
    steps = [{"event": event, "after": happened[event], "times": 2} for event in order]
    await outside.ask(f"/calls/{session}/script", {"steps": steps})

    async def settled() -> Any:
        call = (await agent.http.get(f"/v1/calls/{session}")).json()
        over = call.get("ended_at") and call.get("answered_at") and call.get("match")
        cards = await _listed(agent, "/v1/insights", "session_id", session)
        return (call, cards[0]) if over and cards and cards[0]["version"] == 2 else None

    call, card = await until(settled)
    return _timeless(call), _timeless(card)


async def _fresh_customer(outside: Outside) -> str:
    """A customer nobody has called as, so that each order begins with the same history."""
    admin = await outside.person(US, "admin")
    number = f"+44207946{int(uuid4().hex, 16) % 10000:04d}"
    body = {
        "external_id": f"order-{uuid4().hex}",
        "name": "Carmen Delgado",
        "numbers": [{"number": number}],
        "lawful_basis": "contract",
    }
    assert (await admin.http.post("/v1/customers", json=body)).status_code == 201
    return number


def _timeless(document: dict[str, Any]) -> dict[str, Any]:
    """Without ids and times, which differ from call to call."""
    drop = {"id", "insight_id", "session_id", "as_of", "inputs", "party", "subject", "customer_id"}
    kept = {key: value for key, value in document.items() if key not in drop}
    return {
        key: _timeless(value) if isinstance(value, dict) else value
        for key, value in kept.items()
        if not key.endswith("_at")
    }


async def _listed(person: Person, path: str, key: str, value: str) -> list[dict[str, Any]]:
    page = (await person.http.get(path, params={"limit": 200})).json()
    return [item for item in page["data"] if item[key] == value]


def _of(session: str, version: int) -> Any:
    def fits(event: dict[str, Any]) -> bool:
        data = event.get("data", {})
        return bool(data.get("session_id") == session and data.get("version", 0) >= version)

    return fits
