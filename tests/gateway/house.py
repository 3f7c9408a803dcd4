"""The gateway with its store in memory: what its tests walk into."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx

from libs.common import clock, web
from libs.common.events import TenantSaved
from libs.common.keys import Keys, create_platform_keys, create_tenant_keys
from libs.common.principal import Principal, Signer, Verifier, generate
from libs.common.service import dead
from libs.common.tenants import Tenants
from services.gateway import app as gateway
from services.gateway.domain.account import Account
from services.gateway.domain.roles import Role
from services.gateway.domain.session import begun, new_secret
from services.gateway.settings import Settings
from tests.gateway.memory import MemoryUnits
from tests.support.applications import application

PUBLIC = "http://127.0.0.1:8080"
PASSWORD = "blue kettle sings at noon"
ONE, TWO = "tenant0001", "tenant0002"
AT = datetime(2026, 5, 19, 12, tzinfo=UTC)


class House:
    """The application behind its door, and everything that stands behind it."""

    _hash = ""  # of `PASSWORD`, made once by the first who asks

    def __init__(self, root: Path, services: dict[str, str]) -> None:
        self.root, jwks = root, root / "jwks.json"
        generate("gateway", root / "gateway.json", jwks)
        generate("operator", root / "operator.json", jwks)
        create_platform_keys(root / "keys.json")
        self.units = MemoryUnits(Keys(root / "keys.json"))
        self.service = gateway.build(_settings(root, services))
        self.running = _running(
            units=self.units,
            tenants=Tenants(),
            keys=Keys(root / "keys.json"),
            verifier=Verifier(jwks, "gateway"),
            stopping=asyncio.Event(),
        )
        self.app = application("gateway", (*self.service.routers, dead.router))
        self.app.state.running = self.running
        self.app.state.verifier = self.running.verifier
        assert self.service.door
        self.front: Any = self.service.door(self.running, self.app)
        self.desk = self.app.state.desk

    @property
    def data(self) -> Any:
        return self.units.data

    def client(self, **headers: str) -> httpx.AsyncClient:
        """A visitor without a session, who comes from the gateway's own pages."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.front),
            base_url=PUBLIC,
            headers={"Origin": PUBLIC, **headers},
        )

    def operator(self, **changes: Any) -> httpx.AsyncClient:
        """An operator, with a token of their own."""
        principal = Principal("", "ops", "operator", frozenset())
        signer = Signer(self.root / changes.get("key", "operator.json"))
        token = signer.sign(changes.get("principal", principal), changes.get("aud", "gateway"))
        return self.client(Authorization=f"Bearer {token}")

    def tenant(self, tenant: str, **values: Any) -> TenantSaved:
        """A tenant that is there already."""
        create_tenant_keys(self.root / "keys.json", tenant)
        fact = TenantSaved(
            **{
                "tenant": tenant, "version": 1, "name": f"Agency {tenant}", "profile": "intnet-iq",
                "region": "US", "language": "en", **values,
            }
        )  # fmt: skip
        self.data.tenants[tenant] = fact
        self.running.tenants.put(fact)
        return fact

    async def account(
        self, tenant: str = ONE, role: Role = Role.ADMIN, email: str = "", **values: Any
    ) -> Account:
        """A user who is there already, with `PASSWORD`."""
        if tenant not in self.data.tenants:
            self.tenant(tenant)
        House._hash = House._hash or await self.desk.passwords.hashed(PASSWORD)
        name = f"usr_{uuid4().hex}"
        address = email or f"{name}@example.com"
        account = Account(name, tenant, address, "Amal", role, House._hash, clock.now(), **values)
        self.data.accounts[name] = account
        return account

    async def signed_in(self, tenant: str = ONE, role: Role = Role.ADMIN) -> httpx.AsyncClient:
        """A client with the session of a new user."""
        account = await self.account(tenant, role)
        client = self.client()
        answer = await sign_in(client, account.email)
        assert answer.status_code == 201, answer.text
        return client

    def visitor(self, account: Account, at: datetime | None = None) -> httpx.AsyncClient:
        """A client with a session that began then, now where no moment is given."""
        secret = new_secret()
        session = begun(secret, account, at or clock.now(), None)
        self.data.sessions[session.id] = session
        return self.client(Cookie=f"sid={secret}")


async def sign_in(
    client: httpx.AsyncClient, email: str, password: str = PASSWORD
) -> httpx.Response:
    return await client.post("/v1/session", json={"email": email, "password": password})


def _running(**parts: Any) -> Any:
    """As much of `libs.common.service.Running` as requests and jobs use."""
    return SimpleNamespace(**parts)


def _settings(root: Path, services: dict[str, str]) -> Settings:
    return Settings(
        kafka_url="127.0.0.1:1",
        mongo_url="mongodb://127.0.0.1:1",
        keys_file=root / "keys.json",
        jwks_file=root / "jwks.json",
        environment="development",
        port=1,
        admin_port=2,
        public_url=PUBLIC,
        services=services,
        signing_key_file=root / "gateway.json",
    )


@asynccontextmanager
async def served(app: Any) -> AsyncIterator[str]:
    """The application on a port of its own; gives its URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    stop, listening = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(
            web.serve((app, "127.0.0.1", port), stop=stop, listening=listening, drain_s=2)
        )
        await listening.wait()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            stop.set()


def problem(answer: httpx.Response) -> str:
    """The code of a problem answer."""
    assert answer.headers["content-type"] == "application/problem+json"
    code: str = json.loads(answer.content)["code"]
    return code
