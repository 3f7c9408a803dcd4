"""A program of an agency on the running platform: let in by its key, and shut out with it."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest_asyncio

from deploy.local.agency import Person
from services.gateway.api.live import CHECK_SECONDS
from tests.support.platform import SA, US, Outside, until

SCOPES = ["calls:read", "live:read", "messages:read", "messages:write"]
TEXTED = "+13035550181"
ORDER = {"to": TEXTED, "class": "service", "text": "Your policy is ready."}


@pytest_asyncio.fixture
async def admin(outside: Outside) -> Person:
    return await outside.person(US, "admin")


async def made(admin: Person) -> dict[str, Any]:
    answer = await admin.http.post("/v1/keys", json={"name": "Policy system", "scopes": SCOPES})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def program(outside: Outside, key: str) -> httpx.AsyncClient:
    auth = {"Authorization": f"Bearer {key}"}
    url = outside.platform.console_url
    return httpx.AsyncClient(base_url=url, headers=auth, timeout=30.0)


async def test_a_program_reads_calls_sends_a_text_and_is_shut_out_with_its_key(
    outside: Outside, admin: Person
) -> None:
    key = await made(admin)
    rung = await outside.ring(US, **{"from": "+13035550173"})
    async with program(outside, key["key"]) as app:

        async def known() -> bool:
            calls = (await app.get("/v1/calls", params={"limit": 200})).json()["data"]
            return rung["session_id"] in {call["id"] for call in calls}

        await until(known)
        sent = await app.post("/v1/messages", json=ORDER)
        assert sent.status_code == 202, sent.text
        assert sent.headers["ratelimit-policy"].startswith('"key";q=')
        shown = await app.get(f"/v1/messages/{sent.json()['id']}")
        assert shown.json()["requested_by"] == key["id"]
        refused = await app.get("/v1/customers")
        assert (refused.status_code, refused.json()["code"]) == (403, "missing_scope")
        await _shut_out(app, admin, key["id"])
    await _on_record(admin, key["id"])


async def test_a_programs_key_opens_its_own_agency_alone(outside: Outside, admin: Person) -> None:
    key, other = await made(admin), await outside.person(SA, "admin")
    mine = await outside.ring(US, **{"from": "+13035550173"})
    theirs = await outside.ring(SA, **{"from": "+13035550173"})
    async with program(outside, key["key"]) as app:

        async def known(client: httpx.AsyncClient, session: str) -> bool:
            return (await client.get(f"/v1/calls/{session}")).status_code == 200

        await until(lambda: known(app, mine["session_id"]))
        await until(lambda: known(other.http, theirs["session_id"]))
        assert (await app.get(f"/v1/calls/{theirs['session_id']}")).status_code == 404
    others = (await other.http.get("/v1/keys")).json()["data"]
    assert key["id"] not in {one["id"] for one in others}
    await admin.http.delete(f"/v1/keys/{key['id']}")


async def _shut_out(app: httpx.AsyncClient, admin: Person, key_id: str) -> None:
    """The next request is refused, and the stream that is open ends within seconds."""
    async with AsyncExitStack() as stack:
        live = await stack.enter_async_context(app.stream("GET", "/v1/live", timeout=None))
        pieces = live.aiter_text()
        assert "event: snapshot" in await anext(pieces)
        assert (await admin.http.delete(f"/v1/keys/{key_id}")).status_code == 204
        refused = await app.get("/v1/calls")
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
        async with asyncio.timeout(CHECK_SECONDS + 10):
            async for _ in pieces:
                pass


async def _on_record(admin: Person, key_id: str) -> None:
    """What the program did is on the agency's sealed trail under its key, and its end."""
    wanted = {
        ("key.created", "done"),
        ("access.read", "done"),
        ("key.revoked", "done"),
        ("key.refused", "refused"),
    }

    async def sealed() -> bool:
        page = (await admin.http.get("/v1/audit", params={"limit": 200})).json()["data"]
        found = {
            (entry["action"], entry["outcome"])
            for entry in page
            if entry["actor"] == f"key:{key_id}" or entry["object"] == key_id
        }
        return found >= wanted

    await until(sealed)
