"""Requests that come twice, at the gateway over a real store."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from libs.common import clock
from libs.common.events import CustomerRemoved, TenantSaved
from services.gateway.app import build
from services.gateway.domain.key import Key, KeyScope, new_key
from services.gateway.domain.routes import SERVICES
from services.gateway.domain.session import digest
from services.gateway.settings import Settings
from tests.gateway.house import PUBLIC, problem, served
from tests.support.http import Harness, harness
from tests.support.orders import erasure

pytestmark = pytest.mark.integration

AT_ONCE = 8
K = {"Idempotency-Key": "k-1"}


@dataclass
class Behind:
    """A service that takes a while, and says how often it was asked."""

    asked: int = 0
    url: str = ""
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: Request) -> Response:
        self.asked += 1
        await self.ready.wait()
        return JSONResponse({"id": "cus_1"}, 201, {"Location": "/v1/customers/cus_1"})


@pytest.fixture
async def behind() -> AsyncIterator[Behind]:
    made = Behind()
    async with served(Starlette(routes=[Route("/{p:path}", made.take, methods=["POST"])])) as url:
        made.url = url
        yield made


@pytest.fixture
async def gateway(tmp_path: Path, mongo_url: str, behind: Behind) -> AsyncIterator[Harness[Any]]:
    own = {"public_url": PUBLIC, "services": dict.fromkeys(SERVICES.values(), behind.url)}
    key = {"signing_key_file": tmp_path / "gateway.json"}
    made = await harness(build, Settings, tmp_path, mongo_url, **own, **key)
    assert made.service.door
    made.front = made.service.door(made, made.app)
    yield made
    await made.app.state.desk.services.close()
    await made.close()


async def program(gateway: Harness[Any], agency: TenantSaved) -> httpx.AsyncClient:
    """A program with a key of the agency's."""
    name, text = new_key()
    scopes = frozenset({KeyScope.CUSTOMERS_WRITE})
    key = Key(name, agency.tenant, "App", scopes, digest(text), clock.now(), "usr_1")
    await gateway.store(agency).agency_keys.add(key)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(gateway.front),
        base_url=PUBLIC,
        headers={"Authorization": f"Bearer {text}"},
    )


async def send(client: httpx.AsyncClient) -> httpx.Response:
    return await client.post("/v1/customers", json={"name": "Peregrina"}, headers=K)


async def test_of_the_same_requests_at_once_one_is_carried_out(
    gateway: Harness[Any], behind: Behind
) -> None:
    client = await program(gateway, await gateway.open())
    async with asyncio.TaskGroup() as tasks:
        sent = [tasks.create_task(send(client)) for _ in range(AT_ONCE)]
        while sum(one.done() for one in sent) < AT_ONCE - 1:
            await asyncio.sleep(0.01)
        behind.ready.set()
    answers = [one.result() for one in sent]
    assert Counter(one.status_code for one in answers) == {201: 1, 409: AT_ONCE - 1}
    refused = [one for one in answers if one.status_code == 409]
    assert {problem(one) for one in refused} == {"idempotency_in_flight"}
    again = await send(client)
    assert (again.status_code, again.json()) == (201, {"id": "cus_1"})
    assert again.headers["location"] == "/v1/customers/cus_1"
    assert again.headers["idempotent-replayed"] == "true"
    assert behind.asked == 1


async def test_who_has_gone_is_in_no_answer_any_more(gateway: Harness[Any], behind: Behind) -> None:
    behind.ready.set()
    mine, theirs = await gateway.open(), await gateway.open()
    one, other = await program(gateway, mine), await program(gateway, theirs)
    for client in (one, other):
        assert (await send(client)).status_code == 201
    await gateway.take(CustomerRemoved(customer_id="cus_1"), mine)
    assert problem(await send(one)) == "answer_gone"
    await gateway.take(erasure("5ub"), mine)
    rows = await gateway.mongo.scope(mine.tenant).collection("answers").list({})
    assert [row for row in rows if row.get("sealed")] == []
    assert problem(await send(one)) == "answer_gone"
    assert (await send(other)).headers["idempotent-replayed"] == "true"
    assert behind.asked == 2
