"""The operators' view of the quarantine."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from libs.common.events import WebhookQuarantined
from libs.common.keys import PLATFORM
from libs.common.principal import OPERATOR, Principal, Signer, generate
from services.ingest.store import Store
from tests.ingest.given import AT
from tests.support.http import Harness

SCOPE = "quarantine:read"
LIST = "/v1/quarantine"


class Desk:
    """Operators, and everybody else, before the quarantine."""

    def __init__(self, house: Harness[Store], folder: Path) -> None:
        generate("operator", folder / "operator.json", folder / "jwks.json")
        self.house = house
        self._signer = Signer(folder / "operator.json")

    async def keep(self, count: int) -> None:
        store = self.house.units.read(PLATFORM)
        for number in range(count):
            await store.keep(
                WebhookQuarantined(
                    webhook_id=f"w{number:02d}",
                    reason="unrouted: none",
                    event_type="call.initiated",
                    received_at=AT + timedelta(seconds=number // 3),
                    sealed="c2VhbGVk",
                )
            )

    def operator(self, *scopes: str, tenant: str = PLATFORM) -> httpx.AsyncClient:
        who = Principal(tenant, "ops", OPERATOR, frozenset(scopes))
        client = self.house.client(None)
        client.headers["Authorization"] = f"Bearer {self._signer.sign(who, 'ingest')}"
        return client


@pytest.fixture
def desk(house: Harness[Store], tmp_path: Path) -> Desk:
    return Desk(house, tmp_path)


async def test_an_operator_sees_reasons_and_times_and_no_content(desk: Desk) -> None:
    await desk.keep(1)
    answer = await desk.operator(SCOPE).get(LIST)
    assert answer.status_code == 200
    assert answer.json() == {
        "data": [
            {
                "id": "w00",
                "reason": "unrouted: none",
                "event_type": "call.initiated",
                "received_at": "2026-05-19T12:00:00Z",
            }
        ],
        "next_cursor": None,
    }
    assert "c2VhbGVk" not in answer.text


async def test_an_empty_quarantine_is_an_empty_list(desk: Desk) -> None:
    answer = await desk.operator(SCOPE).get(LIST)
    assert answer.json() == {"data": [], "next_cursor": None}


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 10, 50])
async def test_pages_together_are_the_whole_list(desk: Desk, limit: int) -> None:
    await desk.keep(10)
    client, found = desk.operator(SCOPE), list[str]()
    query: dict[str, Any] = {"limit": limit}
    while True:
        page = (await client.get(LIST, params=query)).json()
        assert len(page["data"]) <= limit
        found += [each["id"] for each in page["data"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert found == [f"w{number:02d}" for number in reversed(range(10))]


async def test_without_credentials_there_is_no_answer(desk: Desk) -> None:
    await desk.keep(1)
    answer = await desk.house.client(None).get(LIST)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_an_operator_needs_the_scope(desk: Desk) -> None:
    answer = await desk.operator("tenants:read").get(LIST)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize("role", ["admin", "agent"])
async def test_nobody_of_a_tenant_gets_in_whatever_the_scopes_say(desk: Desk, role: str) -> None:
    await desk.keep(1)
    tenant = await desk.house.open()
    for name in (tenant.tenant, PLATFORM):
        answer = await desk.house.client(name, role=role, scopes=[SCOPE]).get(LIST)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_the_gateway_cannot_speak_as_an_operator(desk: Desk) -> None:
    answer = await desk.house.client(PLATFORM, role=OPERATOR, scopes=[SCOPE]).get(LIST)
    assert answer.status_code == 401


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"limit": "all"}])
async def test_a_limit_that_cannot_be_used_is_named(desk: Desk, query: dict[str, Any]) -> None:
    answer = await desk.operator(SCOPE).get(LIST, params=query)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["limit"]


async def test_a_cursor_of_another_list_is_refused(desk: Desk) -> None:
    answer = await desk.operator(SCOPE).get(LIST, params={"cursor": "bm90aGluZw"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")
