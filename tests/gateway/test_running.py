"""The gateway as it runs: real Kafka, real MongoDB, its own process's loop."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from httpx_sse import EventSource

from libs.common.bus import Producer, topics
from libs.common.events import CallStarted, enclose
from libs.common.keys import create_platform_keys, create_tenant_keys
from libs.common.principal import Principal, Signer, generate
from libs.common.service import Running
from services.gateway.app import build
from services.gateway.settings import Settings
from services.gateway.store import Store

pytestmark = pytest.mark.integration

PASSWORD = "blue kettle sings at noon"


@dataclass
class Stack:
    root: Path
    kafka: str
    mongo: str

    def operator(self) -> dict[str, str]:
        signer = Signer(self.root / "operator.json")
        token = signer.sign(Principal("", "ops", "operator", frozenset()), "gateway")
        return {"Authorization": f"Bearer {token}"}

    @asynccontextmanager
    async def gateway(self) -> AsyncIterator[httpx.AsyncClient]:
        port, admin_port = free_port(), free_port()
        url = f"http://127.0.0.1:{port}"
        settings = Settings(
            kafka_url=self.kafka, mongo_url=self.mongo, keys_file=self.root / "keys.json",
            jwks_file=self.root / "jwks.json", environment="development", port=port,
            admin_port=admin_port, public_url=url, services={},
            signing_key_file=self.root / "gateway.json",
        )  # fmt: skip
        running: Running[Store] = Running(build(settings))
        async with (
            asyncio.TaskGroup() as tasks,
            httpx.AsyncClient(base_url=url, headers={"Origin": url}) as client,
        ):
            tasks.create_task(running.run())
            await ready(f"http://127.0.0.1:{admin_port}/readyz")
            try:
                yield client
            finally:
                running.stopping.set()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


async def ready(url: str) -> None:
    async with httpx.AsyncClient() as client, asyncio.timeout(30):
        while True:
            try:
                if (await client.get(url)).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


@pytest.fixture
async def stack(kafka_url: str, mongo_url: str, tmp_path: Path) -> Stack:
    await topics.apply(kafka_url)
    generate("gateway", tmp_path / "gateway.json", tmp_path / "jwks.json")
    generate("operator", tmp_path / "operator.json", tmp_path / "jwks.json")
    create_platform_keys(tmp_path / "keys.json")
    return Stack(tmp_path, kafka_url, mongo_url)


async def rings(stack: Stack, tenant: str, event: str) -> None:
    now = datetime.now(UTC)
    call = CallStarted(
        session_id="ses_1", leg_id="leg_1", occurred_at=now, direction="incoming",
        started_at=now, party="+12025550143", party_kind="number",
    )  # fmt: skip
    producer = Producer(stack.kafka, "test", {CallStarted.TYPE: CallStarted.TOPIC})
    await producer.publish([enclose(call, tenant, id=event, source="ingest", time=now)])
    await producer.stop()


async def test_from_the_first_tenant_to_the_call_on_the_screen(stack: Stack) -> None:
    tenant, address = f"t{uuid4().hex[:10]}", f"{uuid4().hex}@example.com"
    create_tenant_keys(stack.root / "keys.json", tenant)
    async with stack.gateway() as client:
        particulars = {
            "tenant": tenant, "name": "Agency", "profile": "intnet-iq", "region": "US",
            "language": "en", "timezone": "America/Chicago",
        }  # fmt: skip
        made = await client.post("/operator/v1/tenants", json=particulars, headers=stack.operator())
        assert made.status_code == 201, made.text
        number = {"tenant": tenant, "number": "+15125550100"}
        held = await client.post("/operator/v1/numbers", json=number, headers=stack.operator())
        assert held.status_code == 201, held.text
        invitation = await client.post(
            "/operator/v1/invitations",
            json={"tenant": tenant, "email": address, "role": "admin"},
            headers=stack.operator(),
        )
        token = invitation.json()["token"]
        person = {"token": token, "name": "Amal", "password": PASSWORD}
        assert (await client.post("/v1/invitations:accept", json=person)).status_code == 201
        again = await client.post("/v1/invitations:accept", json=person)
        assert again.status_code == 410
        credentials = {"email": address, "password": PASSWORD}
        assert (await client.post("/v1/session", json=credentials)).status_code == 201
        await rings(stack, tenant, f"evt_{tenant}_1")
        async with client.stream("GET", "/v1/live") as response, asyncio.timeout(20):
            events = EventSource(response).aiter_sse()
            seen = await anext(events)
            assert seen.event == "snapshot"
            await rings(stack, tenant, f"evt_{tenant}_2")
            while seen.id != f"evt_{tenant}_2":
                seen = await anext(events)
            assert seen.event == "call.started"
        await until_counted(client)
    async with stack.gateway() as later:
        later.cookies = client.cookies
        shown = await later.get("/v1/numbers")
        assert [number["number"] for number in shown.json()["data"]] == ["+15125550100"]
        async with later.stream("GET", "/v1/live") as response, asyncio.timeout(20):
            event = await anext(EventSource(response).aiter_sse())
            assert event.event == "snapshot"


async def until_counted(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(10):
        while True:
            used = (await client.get("/v1/usage")).json()["data"]
            if any(day["operation"] == "GET /v1/live" for day in used):
                return
            await asyncio.sleep(0.2)
