"""What the canaries do: they are imported, call, text, agree, stop, and turn up in bad input."""

from typing import Any

import httpx

from deploy.local.agency import Person
from tests.support.canary import Canary
from tests.support.office import note, send, state_of
from tests.support.platform import US, Outside, until

ASKED, OFFERED, FILLED, REFUSED, FAILED = (
    "zanzibarquince",
    "marmaladeosprey",
    "velvetnarwhal",
    "saffronibex",
    "cobaltheron",
)
PERSON = Canary("+442079460777", "2079460777", "Quillfeather Canarius", (ASKED,))
RECIPIENT = Canary(
    "+13035550187", "3035550187", "Brindlewick Ostrander", (OFFERED, FILLED, REFUSED, FAILED)
)
STOPPER = Canary("+13035550188", "3035550188", "Larkspur Stopwell")
LISTED = Canary("+13035550189", "3035550189", "Tansyworth Fileby")
PEOPLE = (PERSON, RECIPIENT, STOPPER, LISTED)
SPELLINGS = ("+442079460777", "+44 20 7946 0777", "0044 (20) 7946-0777", "+٤٤٢٠٧٩٤٦٠٧٧٧")
TEMPLATE = "canary-offer"


async def call(outside: Outside, admin: Person) -> list[httpx.Response]:
    """The person is imported and calls, in all kinds of ways; gives the answers."""
    rows = [f"c-{i},{PERSON.name},{s}" for i, s in enumerate(SPELLINGS)]
    bad = [f"x-{i},{PERSON.name},{s}12345678" for i, s in enumerate(SPELLINGS)]
    await admin.upload("\n".join(["id,name,phone", *rows, *bad]).encode())
    for extra in ({}, {"times": 3}, {"spoofed": True}, {"dashed": True}, {"signature": "wrong"}):
        await outside.ring(US, **{"from": PERSON.number, "caller_name": PERSON.name, **extra})
    rung = await outside.ring(US, **{"from": PERSON.number})
    await outside.ring(US, **{"to": PERSON.number, "from": PERSON.number, "connection_id": "1"})

    async def carded() -> bool:
        page = (await admin.http.get("/v1/insights", params={"limit": 200})).json()
        mine = [i for i in page["data"] if i["session_id"] == rung["session_id"]]
        return bool(mine) and mine[0]["version"] == 2

    await until(carded)
    return []


async def text(outside: Outside, admin: Person) -> list[httpx.Response]:
    """Texts with the person in both directions, to the end of each; gives the answers."""
    words = f"{PERSON.name} ({PERSON.number}) asks for {ASKED}"
    for order in ({}, {"times": 3}, {"signature": "wrong"}, {"to": PERSON.number}):
        await _write(outside, PERSON, words, **order)
    number, name = RECIPIENT.number, RECIPIENT.name
    made = [await send(admin, number, "service", f"{name}: {OFFERED}")]
    template = {"text": "Hello {who}, {what}"}
    assert (await admin.http.put(f"/v1/templates/{TEMPLATE}", json=template)).is_success
    filled = {"template": TEMPLATE, "values": {"who": name, "what": FILLED}}
    body = {"to": number, "class": "personal", **filled}
    made.append(await admin.http.post("/v1/messages", json=body))
    for answer in made:
        await state_of(admin, answer.json()["id"], "delivered")
    refused = await send(admin, number, "promotional", f"{name}: {REFUSED}")
    assert (refused.status_code, refused.json()["code"]) == (403, "no_consent")
    return [*made, refused, await _failed(outside, admin)]


async def agree(outside: Outside, admin: Person) -> list[httpx.Response]:
    """Consents by the API, by file, by a file full of flaws, and a STOP; gives the answers."""
    await note(admin, STOPPER.number, "grant", wording="v1")
    good = f"phone,name,consent,source,consent_at\n{LISTED.number},{LISTED.name},yes,web,2026-05-01"
    worse = (f"{LISTED.number}12345678", f"{LISTED.number},x,{LISTED.name}", LISTED.name)
    flawed = "\n".join([good, *worse, f"{LISTED.number},,yes,{LISTED.number},{LISTED.number}"])
    files = (good, flawed, f"name,{LISTED.number}\n{LISTED.name},yes")
    headers = {"Content-Type": "text/csv"}
    answers = [
        await admin.http.post("/v1/consents:import", content=file.encode(), headers=headers)
        for file in files
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 422]
    assert answers[1].json()["rejected"] >= 3
    await _write(outside, STOPPER, "STOP")
    await until(lambda: _stopped(outside, admin))
    return answers


async def mistake(http: httpx.AsyncClient) -> list[httpx.Response]:
    """Requests with the person in every place where a mistake can put them; gives the answers."""
    number, name = PERSON.number, PERSON.name
    bad = {"name": name, "numbers": [{"number": number + "000"}], "lawful_basis": "contract"}
    wrong = {"to": number + "000", "class": "service", "text": f"{name} {OFFERED}"}
    odd = {"number": number, "action": name, "means": OFFERED, "at": number, number: name}
    return [
        await http.get(f"/v1/customers/{number}"),
        await http.get("/v1/customers", params={"cursor": number, name: number}),
        await http.post("/v1/customers", json=bad),
        await http.post("/v1/customers", json={number: name}),
        await http.post("/v1/session", json={"email": name, "password": number}),
        await http.post("/v1/users", json={"email": number, "role": name}),
        await http.get(f"/v1/{name}/{number}"),
        await http.post("/v1/messages", json=wrong),
        await http.post("/v1/messages", json={**wrong, "class": name, "sender": number + "00"}),
        await http.post("/v1/messages", json={**wrong, "to": number, "template": name}),
        await http.post("/v1/messages", json=wrong, headers={"Idempotency-Key": name}),
        await http.post("/v1/messages:check", json={**wrong, number: name}),
        await http.get(f"/v1/messages/{number}"),
        await http.get("/v1/messages", params={"state": name, "cursor": number}),
        await http.get(f"/v1/conversations/{number}"),
        await http.post("/v1/conversations:find", json={"number": f"{number}000 {name}"}),
        await http.post("/v1/consents", json=odd),
        await http.post("/v1/consents:find", json={"number": f"{name} {number}000"}),
        await http.get(f"/v1/consents/{number}"),
        await http.post("/v1/consents:import", content=f"{name},{number}".encode()),
        await http.put(f"/v1/templates/{name}", json={"text": ""}),
        await http.put(f"/v1/senders/{number}", json={"authority": name}),
        await http.put(f"/v1/safeguards/{number}", json={"kind": name}),
    ]


async def _write(outside: Outside, who: Canary, words: str, **order: Any) -> None:
    line = outside.platform.tenants[US]["number"]
    await outside.ask("/texts", {"from": who.number, "to": line, "text": words, **order})


async def _failed(outside: Outside, admin: Person) -> httpx.Response:
    """A message that the provider refuses."""
    flaw = {"way": "refused_code", "code": "40009", "count": 1}
    await outside.simulator.post("/texts/faults", json={"faults": [flaw]})
    try:
        answer = await send(admin, RECIPIENT.number, "service", f"{RECIPIENT.name}: {FAILED}")
        await state_of(admin, answer.json()["id"], "failed")
    finally:
        await outside.simulator.post("/texts/faults", json={})
    return answer


async def _stopped(outside: Outside, admin: Person) -> bool:
    """Whether the stop is on record and confirmed."""
    found = (await admin.http.post("/v1/consents:find", json={"number": STOPPER.number})).json()
    sends = (await outside.simulator.get("/sends", params={"limit": 20_000})).json()["data"]
    confirmed = [one for one in sends if one["to"] == STOPPER.number and one["accepted"]]
    return bool(found.get("suppressed")) and bool(confirmed)
