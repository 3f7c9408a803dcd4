"""One of each thing that an agency can have, made by the first agency."""

import re
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
    "PATCH /v1/webhooks/{webhook_id}": {"events": ["call.ended"]},
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
    "POST /v1/privacy/requests/{request_id}:attest": {"how": "document", "reason": TEXT},
    "POST /v1/privacy/requests/{request_id}:extend": {"reason": TEXT},
    "POST /v1/privacy/requests/{request_id}:name": {"customers": ["cus_1"]},
    "POST /v1/privacy/requests/{request_id}:refuse": {"ground": "unfounded", "sentence": TEXT},
    "POST /v1/privacy/requests/{request_id}:verify": {"code": "000000"},
    "PUT /v1/privacy/retention/{category}": {"days": 77},
}
REQUESTS = "/v1/privacy/requests"
NOT_NOW = {
    "POST /v1/privacy/requests/{request_id}:verify": 409,
    "POST /v1/privacy/requests/{request_id}:name": 409,
}
"""What the owner is answered where the thing is not in a state for it: no code was sent, no name
is wanted."""
NAMING = {name for name in BODIES if name.endswith(("{name}", "{value}", "{region}"))}
SETTINGS = {name for name in BODIES if name.endswith("{category}")}
"""What every agency has, and sets for itself."""


@dataclass
class Owned:
    """What the first agency has, by the name of the path parameter, and how it is told apart."""

    ids: dict[str, str]
    marks: set[str]

    def values(self, operation: str) -> dict[str, str]:
        """What it is asked about: one of its own where the operation cannot share one."""
        first, *others = re.findall(r"\{(\w+)\}", operation)
        return {
            first: self.ids.get(operation) or self.ids[first],
            **{name: self.ids[name] for name in others},
        }


async def possess(outside: Outside, tenant: str = US) -> Owned:
    """One of each thing, made by an agency."""
    admin = await outside.person(tenant, "admin")
    customer = (await admin.http.post("/v1/customers", json=CUSTOMER)).json()
    imported = await admin.upload(CSV)
    rung = await outside.ring(tenant, **{"from": "+442079460101"})
    session = rung["session_id"]

    async def card() -> Any:
        page = (await admin.http.get("/v1/insights", params={"limit": 200})).json()
        return next((i for i in page["data"] if i["session_id"] == session), None)

    insight = await until(card)
    users = (await admin.http.get("/v1/users")).json()["data"]
    key = await admin.http.post("/v1/keys", json={"name": REFERENCE, "scopes": ["calls:read"]})
    ids = {
        "key_id": key.json()["id"],
        "customer_id": customer["id"],
        "import_id": imported["id"],
        "call_id": session,
        "insight_id": insight["insight_id"],
        "user_id": next(user["id"] for user in users if user["role"] == "agent"),
        "session_id": await _signed_in(outside),
        **await _hooked(admin),
        **await _texted(admin),
        **await _asked(admin),
    }
    marks = {*ids.values(), "Own Person", "Own Row", "+442079460101", TEXTED, TEXT, REFERENCE}
    return Owned(ids, marks - {ids["region"]})


async def _signed_in(outside: Outside) -> str:
    """The name of a session of an agent's."""
    agent = await outside.person(US, "agent")
    sessions = (await agent.http.get("/v1/sessions")).json()["data"]
    name: str = next(session["id"] for session in sessions if session["this"])
    return name


async def ask(person: Person, method: str, path: str, operation: str) -> httpx.Response:
    """One request; what writes has a body in BODIES."""
    body = BODIES.get(operation)
    if method in {"PUT", "PATCH"}:
        assert body is not None, f"{operation}: say in BODIES what to send"
    return await person.http.request(method, path, json=body)


async def _asked(admin: Person) -> dict[str, str]:
    """Requests of a person: one that is completed, and one for each thing that changes one."""

    async def opened(kind: str) -> str:
        body = {"kind": kind, "number": TEXTED, "channel": "post"}
        answer = await admin.http.post(REQUESTS, json=body)
        assert answer.status_code == 201, answer.text
        name: str = answer.json()["id"]
        return name

    completed, attest = await opened("objection"), f"POST {REQUESTS}/{{request_id}}:attest"
    done = await ask(admin, "POST", f"{REQUESTS}/{completed}:attest", attest)
    assert done.json()["status"] == "completed"
    verbs = ("attest", "extend", "refuse", "send-code", "verify")
    own = {f"POST {REQUESTS}/{{request_id}}:{verb}": await opened("access") for verb in verbs}
    packed = await opened("access")
    await ask(admin, "POST", f"{REQUESTS}/{packed}:attest", attest)
    await ready(admin, packed)
    return {"request_id": completed, **own, f"GET {REQUESTS}/{{request_id}}/package": packed}


async def _hooked(admin: Person) -> dict[str, str]:
    """An endpoint at which nobody is, and what it is owed."""
    body = {"url": "http://127.0.0.1:9/isolation", "events": ["call.started"]}
    made = await admin.http.post("/v1/webhooks", json=body)
    assert made.status_code == 201, made.text
    hook: str = made.json()["id"]
    tried = await admin.http.post(f"/v1/webhooks/{hook}:test")
    assert tried.status_code == 202, tried.text
    return {"webhook_id": hook, "delivery_id": tried.json()["id"]}


async def ready(admin: Person, request_id: str) -> dict[str, Any]:
    """The request once its package can be fetched."""

    async def there() -> dict[str, Any] | None:
        found: dict[str, Any] = (await admin.http.get(f"{REQUESTS}/{request_id}")).json()
        return found if found["status"] == "ready" else None

    found: dict[str, Any] = await until(there, 30)
    return found


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
