"""Tenants come and go, and their collections with them."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from libs.common import clock
from libs.common.bus import Record
from libs.common.events import Event, TenantClosed, TenantSaved, enclose
from libs.common.mongo import Entity
from libs.common.service.tenancy import TenantReader
from libs.common.tenants import Tenants, UnknownTenant
from tests.support.units import MemoryMongo

TENANT = "agencyaaa"
NOTES = Entity("notes", {})


class Watched(MemoryMongo):
    """Notes what is done with collections, and whether the tenant was known at that time."""

    def __init__(self, tenants: Tenants) -> None:
        super().__init__([NOTES])
        self.tenants = tenants
        self.done: list[tuple[str, str, bool]] = []

    async def open_tenant(self, tenant: str) -> None:
        self._note("open", tenant)

    async def close_tenant(self, tenant: str) -> None:
        self._note("close", tenant)

    def _note(self, what: str, tenant: str) -> None:
        self.done.append((what, tenant, tenant in {fact.tenant for fact in self.tenants}))


@pytest.fixture
def tenants() -> Tenants:
    return Tenants()


@pytest.fixture
def mongo(tenants: Tenants) -> Watched:
    return Watched(tenants)


@pytest.fixture
def reader(tenants: Tenants, mongo: Watched) -> TenantReader:
    settings = SimpleNamespace(kafka="127.0.0.1:1")
    service: Any = SimpleNamespace(name="test", settings=settings, entities=(NOTES,))
    return TenantReader(service, mongo, tenants)


def saved(tenant: str) -> TenantSaved:
    return TenantSaved(tenant=tenant, version=1, name="A", profile="p", region="US", language="en")


async def see(reader: TenantReader, fact: Event, tenant: str) -> None:
    envelope = enclose(fact, tenant, id="e", source="gateway", time=clock.now())
    async with asyncio.timeout(5):
        await reader._see(Record("tenants.v1", 0, 0, envelope.key, envelope.to_json()))


async def test_a_tenant_is_known_only_while_its_collections_are_there(
    reader: TenantReader, mongo: Watched, tenants: Tenants
) -> None:
    await see(reader, saved(TENANT), TENANT)
    assert tenants.get(TENANT) == saved(TENANT)
    await see(reader, TenantClosed(tenant=TENANT), TENANT)
    with pytest.raises(UnknownTenant):
        tenants.get(TENANT)
    await see(reader, saved(TENANT), TENANT)  # from one who has not heard of it
    assert mongo.done == [("open", TENANT, False), ("close", TENANT, False)]


async def test_what_no_scope_can_hold_does_not_stop_the_reading(
    reader: TenantReader, mongo: Watched, tenants: Tenants
) -> None:
    await see(reader, saved("No Tenant"), "No Tenant")
    await see(reader, saved("agencybbb"), TENANT)
    await see(reader, saved(TENANT), TENANT)
    assert [fact.tenant for fact in tenants] == [TENANT]
    assert mongo.done == [("open", TENANT, False)]
