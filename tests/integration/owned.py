"""One of each thing that an agency can have, made by the first agency."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from deploy.local.agency import Person
from libs.common import clock
from tests.support.office import note, send
from tests.support.platform import US, Outside, until

CUSTOMER = {
    "external_id": "isolation-1",
    "name": "Own Person",
    "numbers": [{"number": "+442079460101"}],
    "lawful_basis": "contract",
}
CSV = b"id,name,phone\nisolation-2,Own Row,+442079460102\nisolation-3,Broken,12\n"
TEXTED = "+13035550165"
TEXT, REFERENCE = "Isolated words", "isolation-1182"
BODIES: dict[str, Any] = {
    "PUT /v1/customers/{customer_id}": CUSTOMER,
    "PUT /v1/insights/{insight_id}/feedback": {"verdict": "helpful"},
    "PATCH /v1/users/{user_id}": {"disabled": False},
    "PUT /v1/templates/{name}": {"text": f"{TEXT} for {{who}}"},
    "PUT /v1/senders/{value}": {
        "authority": "CST",
        "reference": REFERENCE,
        "registered_at": "2026-01-05T00:00:00Z",
    },
    "PUT /v1/safeguards/{region}": {
        "kind": "other",
        "reference": REFERENCE,
        "valid_from": "2026-01-01T00:00:00Z",
    },
}
NAMING = {name for name in BODIES if name.endswith(("{name}", "{value}", "{region}"))}


@dataclass
class Owned:
    """What the first agency has, by the name of the path parameter, and how it is told apart."""

    ids: dict[str, str]
    marks: set[str]


async def possess(outside: Outside) -> Owned:
    """One of each thing, made by the first agency."""
    admin = await outside.person(US, "admin")
    customer = (await admin.http.post("/v1/customers", json=CUSTOMER)).json()
    imported = await admin.upload(CSV)
    rung = await outside.ring(US, **{"from": "+442079460101"})
    session = rung["session_id"]

    async def card() -> Any:
        page = (await admin.http.get("/v1/insights", params={"limit": 200})).json()
        return next((i for i in page["data"] if i["session_id"] == session), None)

    insight = await until(card)
    users = (await admin.http.get("/v1/users")).json()["data"]
    ids = {
        "customer_id": customer["id"],
        "import_id": imported["id"],
        "call_id": session,
        "insight_id": insight["insight_id"],
        "user_id": next(user["id"] for user in users if user["role"] == "agent"),
        **await _texted(admin),
    }
    marks = {*ids.values(), "Own Person", "Own Row", "+442079460101", TEXTED, TEXT, REFERENCE}
    return Owned(ids, marks - {ids["region"]})


async def ask(person: Person, method: str, path: str, operation: str) -> httpx.Response:
    """One request; what writes has a body in BODIES."""
    body = BODIES.get(operation)
    if method in {"PUT", "PATCH"}:
        assert body is not None, f"{operation}: say in BODIES what to send"
    return await person.http.request(method, path, json=body)


async def _texted(admin: Person) -> dict[str, str]:
    """A message to a person whose consent is known, and what an agency keeps for its texts."""
    await note(admin, TEXTED, "grant")
    tomorrow = (clock.now() + timedelta(days=1)).isoformat()
    message = await send(admin, TEXTED, "service", TEXT, send_at=tomorrow)
    assert message.status_code == 202, message.text
    named = {"name": "isolation-own", "value": "ISOLATED", "region": "FR"}
    for operation in sorted(NAMING):
        path = operation.partition(" ")[2].format(**named)
        assert (await ask(admin, "PUT", path, operation)).is_success
    told: dict[str, str] = message.json()
    return {"message_id": told["id"], "subject": told["subject"], **named}
