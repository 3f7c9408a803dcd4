"""An agency's app hears of a ringing call, signed; and what becomes of one that is not there."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from deploy.local.agency import Person
from tests.gateway.apps import App, Heard, answering, listening
from tests.support.office import Office
from tests.support.platform import SA, US, Outside, until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

CALLER = "+442079460188"
CALLS = ["call.started", "call.matched", "call.ended", "insight.produced"]


@pytest.fixture
async def app() -> AsyncIterator[App]:
    async with listening(App()) as made:
        yield made


async def hooked(person: Person, url: str, events: list[str]) -> dict[str, Any]:
    """An endpoint that the person registers, with its secret."""
    answer = await person.http.post("/v1/webhooks", json={"url": url, "events": events})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def log(person: Person, hook: str) -> list[dict[str, Any]]:
    """What was sent to an endpoint, the latest first."""
    answer = await person.http.get(f"/v1/webhooks/{hook}/deliveries")
    answer.raise_for_status()
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def of_call(app: App, session: str, secret: str) -> dict[str, dict[str, Any]]:
    """What the app was told of a call, by type, each verified."""
    told = [Webhook(secret).verify(one.body, one.headers) for one in app.heard]
    return {one["type"]: one for one in told if one["data"].get("call_id") == session}


async def test_an_app_gets_signed_events_of_a_ringing_call_and_fetches_the_rest(
    outside: Outside, app: App
) -> None:
    admin, other = await outside.person(US, "admin"), await outside.person(SA, "admin")
    person = {"name": "Wanda Hooks", "numbers": [{"number": CALLER}], "lawful_basis": "contract"}
    customer = (await admin.http.post("/v1/customers", json=person)).json()["id"]
    hook = await hooked(admin, app.url, CALLS)
    async with listening(App()) as others:
        theirs = await hooked(other, others.url, CALLS)
        rung = await outside.ring(US, **{"from": CALLER})
        session: str = rung["session_id"]
        await outside.ask(f"/calls/{session}/hangup", {})

        async def told() -> bool:
            return of_call(app, session, hook["secret"]).keys() >= set(CALLS)

        await until(told)
        assert others.heard == []
    found = of_call(app, session, hook["secret"])
    assert found["call.started"]["data"] == {"call_id": session, "direction": "incoming"}
    assert found["call.matched"]["data"]["customer_id"] == customer
    sent = " ".join(one.body for one in app.heard)
    assert not [word for word in (CALLER, CALLER[1:], "Wanda", "+") if word in sent]
    call = await admin.http.get(f"/v1/calls/{session}")
    assert call.status_code == 200
    forged: Heard = app.heard[0]
    with pytest.raises(WebhookVerificationError):
        Webhook(theirs["secret"]).verify(forged.body, forged.headers)

    async def logged() -> bool:
        rows = await log(admin, hook["id"])
        mine = [one for one in rows if one["type"] in CALLS]
        return len(mine) >= len(CALLS) and all(one["state"] == "delivered" for one in mine)

    await until(logged)
    first = (await log(admin, hook["id"]))[0]
    before = len(app.heard)
    path = f"/v1/webhooks/{hook['id']}/deliveries/{first['id']}:resend"
    assert (await admin.http.post(path)).status_code == 202

    async def again() -> bool:
        return len(app.heard) > before

    await until(again)
    assert app.heard[-1].headers["webhook-id"] == first["id"]
    for person_of, one in ((admin, hook), (other, theirs)):
        assert (await person_of.http.delete(f"/v1/webhooks/{one['id']}")).status_code == 204


@pytest.mark.parametrize(
    "url",
    [
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:192.168.0.1]/",
        "http://192.168.0.1/",
    ],
)
async def test_an_address_inside_is_refused(outside: Outside, url: str) -> None:
    admin = await outside.person(US, "admin")
    answer = await admin.http.post("/v1/webhooks", json={"url": url, "events": CALLS})
    assert (answer.status_code, answer.json()["code"]) == (422, "webhook_target")


async def test_an_app_that_is_not_there_is_tried_again_and_disabled_after_three_days(
    office: Office, app: App
) -> None:
    app.answer = answering("503 Away")
    admin = await office.person(US)
    hook = await hooked(admin, app.url, ["call.started"])
    assert (await admin.http.post(f"/v1/webhooks/{hook['id']}:test")).status_code == 202

    async def attempts(count: int) -> dict[str, Any] | None:
        row = (await log(admin, hook["id"]))[0]
        return row if row["attempts"] >= count else None

    row = await until(lambda: attempts(2))
    assert (row["state"], row["status"], row["trouble"]) == ("pending", 503, "answer")
    assert len({one.headers["webhook-id"] for one in app.heard}) == 1
    office.move(timedelta(days=3))
    admin = await office.person(US)

    async def disabled() -> dict[str, Any] | None:
        found: dict[str, Any] = (await admin.http.get(f"/v1/webhooks/{hook['id']}")).json()
        return found if found["disabled"] else None

    found = await until(disabled)
    assert found["disabled"] == "failing"

    async def noticed() -> bool:
        page = (await admin.http.get("/v1/audit", params={"limit": 50})).json()
        return any(
            (one["action"], one["object"]) == ("webhook.disabled", hook["id"])
            for one in page["data"]
        )

    await until(noticed)
    heard = len(app.heard)
    await office.call(US, CALLER)
    tried = await admin.http.post(f"/v1/webhooks/{hook['id']}:test")
    assert (tried.status_code, len(app.heard)) == (409, heard)
