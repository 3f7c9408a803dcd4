"""A service without its servers: what `app.py` declares, over a store, behind its HTTP door."""

import asyncio
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Any, Generic, TypeVar
from uuid import uuid4

import httpx
from starlette.types import ASGIApp

from libs.common import clock
from libs.common.bus import Dispatch, Guard, Record
from libs.common.erased import Erased
from libs.common.events import Event, TenantSaved, enclose
from libs.common.keys import Keys, create_platform_keys, create_tenant_keys
from libs.common.mongo import Mongo, TenantScope
from libs.common.principal import Principal, Signer, Verifier, generate
from libs.common.service import Service
from libs.common.settings import Settings
from libs.common.tenants import Tenants
from tests.support.applications import application
from tests.support.units import MemoryMongo, RecordedUnits

S = TypeVar("S")
C = TypeVar("C", bound=Settings)


class Harness(Generic[S]):
    """The parts of one service, as `Running` has them: the app's `state.running` is this object.

    Made by `harness(...)`. `front` is what clients talk to: the app, unless a test puts the
    service's door there.
    """

    def __init__(self, service: Service[S], mongo: Mongo, signer: Signer) -> None:
        self.service = service
        self.settings = service.settings
        self.mongo = mongo
        self.keys = Keys(service.settings.keys_file)
        self.verifier = Verifier(service.settings.jwks_file, audience=service.name)
        self.tenants = Tenants()
        self.tenants_read = asyncio.Event()
        self.tenants_read.set()
        self.orders_obeyed = asyncio.Event()
        self.orders_obeyed.set()
        self.units: RecordedUnits[S] = RecordedUnits(
            mongo, lambda scope: service.store(scope, self.keys), service.emits, service.name
        )
        self.scoped: RecordedUnits[TenantScope] = RecordedUnits(
            mongo, lambda scope: scope, service.emits, service.name
        )
        self.stopping = asyncio.Event()
        self.app = application(service.name, service.routers)
        self.app.state.running = self
        self.app.state.verifier = self.verifier
        self.front: ASGIApp = self.app
        self._signer = signer
        guard = Guard(Erased())
        self._dispatch = Dispatch(service.consumes, self.units, self.tenants, guard)
        self._clients: list[httpx.AsyncClient] = []

    async def open(self, region: str = "US", **facts: Any) -> TenantSaved:
        """A tenant with keys and collections, of whom all parts know."""
        known = {"version": 1, "name": "A", "profile": "intnet-iq", "language": "en", **facts}
        tenant = TenantSaved(**{"tenant": tenant_id(), "region": region, **known})
        create_tenant_keys(self.settings.keys_file, tenant.tenant)
        await self.mongo.open_tenant(tenant.tenant)
        self.tenants.put(tenant)
        return tenant

    def store(self, tenant: TenantSaved) -> S:
        """The tenant's store, outside a transaction."""
        return self.units.read(tenant.tenant)

    def client(
        self,
        tenant: TenantSaved | str | None,
        *,
        role: str = "admin",
        scopes: Iterable[str] | None = None,
        user: str = "usr_1",
    ) -> httpx.AsyncClient:
        """A caller of this tenant, with every scope the service knows; None has no credentials."""
        auth = None
        if tenant is not None:
            name = tenant if isinstance(tenant, str) else tenant.tenant
            allowed = frozenset(self.scopes() if scopes is None else scopes)
            auth = _Signed(self._signer, Principal(name, user, role, allowed), self.service.name)
        transport = httpx.ASGITransport(self.front)
        client = httpx.AsyncClient(transport=transport, base_url="http://service", auth=auth)
        self._clients.append(client)
        return client

    def scopes(self) -> frozenset[str]:
        """Every scope that an operation of the app asks for."""
        operations = [o for path in self.app.openapi()["paths"].values() for o in path.values()]
        wanted = [each for o in operations for each in o.get("security", ())]
        return frozenset(scope for each in wanted for scopes in each.values() for scope in scopes)

    async def take(self, fact: Event, tenant: TenantSaved, event_id: str | None = None) -> None:
        """Hands an event to the service's handlers, on the way a record takes."""
        event = enclose(
            fact, tenant.tenant, id=event_id or str(uuid4()), source="test", time=clock.now()
        )
        await self._dispatch.take(Record(fact.TOPIC, 0, 0, event.key, event.to_json()))

    async def close(self) -> None:
        """Drops the tenants and ends the connections."""
        for client in self._clients:
            await client.aclose()
        for tenant in list(self.tenants):
            await self.mongo.close_tenant(tenant.tenant)
        self.mongo.close()


async def harness(
    build: Callable[[C], Service[S]],
    settings: type[C],
    folder: Path,
    mongo_url: str | None = None,
    **own: Any,
) -> Harness[S]:
    """A service over a store in memory, or over a real one where `mongo_url` is given.

    Args:
        build: the service's own, of its `app.py`.
        settings: its settings class; `own` are the values of its own fields.
        folder: for key files: a `tmp_path`.
        mongo_url: of a real replica set.
    """
    create_platform_keys(folder / "keys.json")
    generate("gateway", folder / "gateway.json", folder / "jwks.json")
    shared = {
        "kafka_url": "kafka.invalid:9092",
        "mongo_url": mongo_url or "mongodb://mongo.invalid",
    }
    files = {"keys_file": folder / "keys.json", "jwks_file": folder / "jwks.json"}
    ports = {"environment": "development", "port": 1, "admin_port": 2}
    service = build(settings(**{**shared, **files, **ports, **own}))
    mongo: Mongo = MemoryMongo(service.entities, service.shared)
    if mongo_url:
        mongo = Mongo(mongo_url, service.name, service.entities, service.shared)
    await mongo.start()
    return Harness(service, mongo, Signer(folder / "gateway.json"))


def tenant_id() -> str:
    """An id that no other test has."""
    return f"t{uuid4().hex[:12]}"


class _Signed(httpx.Auth):
    """Signs a fresh principal for each request."""

    def __init__(self, signer: Signer, principal: Principal, audience: str) -> None:
        self._signer, self._principal, self._audience = signer, principal, audience

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        token = self._signer.sign(self._principal, self._audience)
        request.headers["Authorization"] = f"Bearer {token}"
        yield request
