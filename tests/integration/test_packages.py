"""A person gets all that is kept of them, and of nobody else: real parts, public doors only."""

import asyncio
import hashlib
import json
import re
from secrets import token_urlsafe
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from deploy.local.agency import Login, Person
from deploy.local.seed import operator_door
from tests.consent.packages import data, files
from tests.integration.owned import REQUESTS, ready
from tests.support.canary import Canary
from tests.support.office import note, send, state_of
from tests.support.platform import US, Outside, until

pytestmark = pytest.mark.timeout(300)

MINE = ("kelpgossamer", "brackenlantern")
HERS = ("thistleorrery", "ambermarlin")
NOURA = Canary("+13035550211", "3035550211", "Peregrine Saltmarsh", MINE)
OTHER = Canary("+13035550212", "3035550212", "Wilhelmina Foxglove", HERS)
SARA = "Sara Ali"
ATTEST = {"how": "in_person", "reason": "Showed a passport."}
SENDS = {"Content-Type": "text/csv"}


class Invited(BaseModel):
    """What an operator is answered."""

    token: str


async def _live(outside: Outside, admin: Person, agent: Person, who: Canary, words: Any) -> str:
    """Somebody comes in by every entrance; gives the call. `words` are texted, both ways."""
    first, last = who.name.split()
    row = f"{first}-7,{who.name},{who.number},{first.lower()}@{last.lower()}.example,new"
    await admin.upload(f"id,name,phone,email,status\n{row}\n".encode())
    consent = f"phone,consent,consent_at,wording\n{who.number},yes,2026-01-05,{first}-w1\n"
    await admin.http.post("/v1/consents:import", content=consent.encode(), headers=SENDS)
    rung = await outside.ring(US, **{"from": who.number, "caller_name": who.name.upper()})
    line = outside.platform.tenants[US]["number"]
    await outside.ask("/texts", {"from": who.number, "to": line, "text": words[0]})
    sent = await send(agent, who.number, "service", words[1])
    assert sent.status_code == 202, sent.text
    await state_of(admin, sent.json()["id"], "delivered")
    session: str = rung["session_id"]
    return session


async def _edited(admin: Person, who: Canary, status: str) -> str:
    """An agency's person changes the record by hand; gives its id."""
    page = (await admin.http.get("/v1/customers", params={"limit": 200})).json()["data"]
    row = next(one for one in page if one["name"] == who.name)
    body = {
        "external_id": row["external_id"],
        "name": who.name,
        "email": row["email"],
        "numbers": [{"number": who.number, "label": "mobile"}],
        "status": status,
        "lawful_basis": "contract",
    }
    answer = await admin.http.put(f"/v1/customers/{row['id']}", json=body)
    assert answer.is_success, answer.text
    found: str = row["id"]
    return found


async def _judged(agent: Person, session: str) -> dict[str, Any]:
    """An agent says what the call's card is worth; gives the card."""

    async def card() -> Any:
        page = (await agent.http.get("/v1/insights", params={"call_id": session})).json()["data"]
        return next((one for one in page if one["version"] == 2), None)

    found: dict[str, Any] = await until(card)
    path = f"/v1/insights/{found['insight_id']}/feedback"
    assert (await agent.http.put(path, json={"verdict": "helpful"})).is_success
    return found


async def _asked(admin: Person, who: Canary) -> dict[str, Any]:
    body = {"kind": "access", "number": who.number, "channel": "oral"}
    opened = (await admin.http.post(REQUESTS, json=body)).json()
    answer = await admin.http.post(f"{REQUESTS}/{opened['id']}:attest", json=ATTEST)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def _sara(outside: Outside) -> Person:
    """An Agent with a name of her own, invited and signed in."""
    platform, login = outside.platform, Login("sara.ali@example.com", token_urlsafe(12))
    door = operator_door(platform.files, platform.console_url)
    invitations = "/operator/v1/invitations"
    invited = await asyncio.to_thread(
        door.post, invitations, Invited, tenant=US, email=login.email, role="agent"
    )
    body = {"token": invited.token, "name": SARA, "password": login.password}
    async with httpx.AsyncClient(base_url=platform.console_url) as stranger:
        origin = {"Origin": platform.console_url}
        answer = await stranger.post("/v1/invitations:accept", json=body, headers=origin)
        answer.raise_for_status()
    person = await Person.signed_in(platform.console_url, login)
    outside.stack.push_async_callback(person.close)
    return person


async def test_everything_of_the_person_is_in_it_and_nothing_of_anybody_else(
    outside: Outside,
) -> None:
    admin, agent = await outside.person(US, "admin"), await _sara(outside)
    hers = f"{HERS[0]} from {OTHER.name}", f"{OTHER.name}: {HERS[1]}"
    await _judged(agent, await _live(outside, admin, agent, OTHER, hers))
    sister = "(303) 555-0212"
    mine = f"{MINE[0]}; my sister is on {sister}", f"{MINE[1]}, call {OTHER.number}"
    session = await _live(outside, admin, agent, NOURA, mine)
    card = await _judged(agent, session)
    await _edited(admin, NOURA, "gold")
    await note(admin, NOURA.number, "object", purpose="profiling")
    request = await _asked(admin, NOURA)
    await ready(admin, request["id"])
    answer = await admin.http.get(f"{REQUESTS}/{request['id']}/package")
    assert answer.status_code == 200, answer.text
    found = files(answer.content)
    _holds_together(found)
    _is_whole(data(found), session, card)
    assert {name: OTHER.forms(raw) for name, raw in found.items() if OTHER.forms(raw)} == {}
    await _names_nobody(admin, found)
    texts = [row["text"] for row in data(found)["messages"]]
    assert [t for t in texts if re.fullmatch(rf"{MINE[0]}; my sister is on number \d", t)]


def _holds_together(found: dict[str, bytes]) -> None:
    manifest = json.loads(found["manifest.json"])
    assert {one["name"] for one in manifest["files"]} == found.keys() - {"manifest.json"}
    for one in manifest["files"]:
        assert hashlib.sha256(found[one["name"]]).hexdigest() == one["sha256"], one["name"]


def _is_whole(rows: dict[str, list[dict[str, Any]]], session: str, card: dict[str, Any]) -> None:
    (customer,) = rows["customers"]
    first, last = NOURA.name.split()
    assert (customer["name"], customer["status"]) == (NOURA.name, "gold")
    assert customer["external_id"] == f"{first}-7"
    assert customer["email"] == f"{first.lower()}@{last.lower()}.example"
    assert customer["numbers"][0]["number"] == NOURA.number
    (call,) = rows["calls"]
    assert (call["id"], call["caller_name"]) == (session, NOURA.name.upper())
    (shown,) = rows["cards"]
    told = [one["sentence"] for one in shown["lines"]]
    assert told == [one["sentence"] for one in card["lines"]]
    assert [one["verdict"] for one in rows["feedback"]] == ["helpful"]
    texts = {row["direction"]: row["text"] for row in rows["messages"]}
    assert (MINE[0] in texts["in"], MINE[1] in texts["out"]) == (True, True)
    assert {row["recipient"] for row in rows["disclosures"]} == {"Telnyx LLC"}
    acts = {(row["action"], row["means"]) for row in rows["consents"]}
    assert acts == {("grant", "csv"), ("object", "agent")}
    assert rows["consents"][0]["wording"] == f"{first}-w1"
    assert [row["objected"] for row in rows["objections"]] == [True]
    assert [row["verified"]["reason"] for row in rows["requests"]] == [ATTEST["reason"]]


async def _names_nobody(admin: Person, found: dict[str, bytes]) -> None:
    users = (await admin.http.get("/v1/users")).json()["data"]
    for user in users:
        for told in (user["id"], user["email"], user["name"]):
            assert not [n for n, raw in found.items() if told.encode() in raw], "an account"
    assert [user["role"] for user in users if user["name"] == SARA] == ["agent"]
    assert not [name for name, raw in found.items() if b"Sara" in raw or b"sara.ali" in raw]
    rows = data(found)
    (judge,) = {row["user"] for row in rows["feedback"]}
    (writer,) = {row["requested_by"] for row in rows["messages"] if row["direction"] == "out"}
    (witness,) = set(re.findall(r"Agent \d+", json.dumps(rows["requests"])))
    assert judge == writer != witness
    assert {judge, witness} == {"Agent 1", "Agent 2"}


async def test_with_a_store_away_it_is_not_ready_and_then_it_is(outside: Outside) -> None:
    admin = await outside.person(US, "admin")
    services = outside.platform.services
    services.stop("insights")
    try:
        request = await _asked(admin, NOURA)

        async def waits() -> bool:
            shown = (await admin.http.get(f"{REQUESTS}/{request['id']}")).json()
            return bool(shown["awaiting"] == ["insights"])

        await until(waits, 30)
        answer = await admin.http.get(f"{REQUESTS}/{request['id']}/package")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")
    finally:
        services.start("insights")
    assert (await ready(admin, request["id"]))["awaiting"] == []
    agent = await outside.person(US, "agent")
    assert (await agent.http.get(f"{REQUESTS}/{request['id']}/package")).status_code == 403
    assert (await admin.http.get(f"{REQUESTS}/{request['id']}/package")).status_code == 200
    done = (await admin.http.get(f"{REQUESTS}/{request['id']}")).json()
    assert done["status"] == "delivered"
