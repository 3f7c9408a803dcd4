"""A process does what was ordered while it was away before it answers anybody."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from libs.common import clock
from libs.common.bus import Dispatch, Guard, Record
from libs.common.erased import Erased
from libs.common.events import ErasureOrdered, Event, ExportOrdered, TenantSaved, enclose
from libs.common.mongo import TenantScope, Work
from libs.common.service import orders
from libs.common.service.orders import OrderReader
from libs.common.tenants import Tenants
from tests.support.units import MemoryUnits

TENANT = "agencyaaa"


class Service:
    """Erases by noting whom; fails as often as it is told."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.failures: list[Exception] = []
        tenants = Tenants()
        known: dict[str, Any] = {"name": "A", "profile": "p", "region": "US", "language": "en"}
        tenants.put(TenantSaved(tenant=TENANT, version=1, **known))
        self.erased = Erased()
        guard = Guard(self.erased)
        units: MemoryUnits[TenantScope] = MemoryUnits(lambda scope: scope)
        self.dispatch: Dispatch[TenantScope] = Dispatch(
            ((ErasureOrdered, self.erase),), units, tenants, guard
        )
        settings = SimpleNamespace(kafka="127.0.0.1:1")
        declared: Any = SimpleNamespace(name="test", settings=settings)
        self.reader = OrderReader(declared, units.mongo, guard, self.dispatch)

    async def erase(self, order: ErasureOrdered, _: TenantScope, __: Work) -> None:
        if self.failures:
            raise self.failures.pop()
        self.done.append(order.subject)

    async def see(self, *facts: Event, tenant: str = TENANT) -> None:
        for fact in facts:
            await self.reader._see(record(fact, tenant))

    async def obey(self) -> None:
        self.reader.caught_up.set()
        async with asyncio.timeout(5):
            await self.reader.obey()


def record(fact: Event, tenant: str = TENANT) -> Record:
    name = f"{fact.about()}/{getattr(fact, 'subject', '')}"
    event = enclose(fact, tenant, id=name, source="consent", time=clock.now())
    return Record("privacy.v1", 0, 0, event.key, event.to_json())


def order(subject: str) -> ErasureOrdered:
    return ErasureOrdered(request_id="r-1", subject=subject, at=clock.now())


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "PAUSE_SECONDS", 0.0)


async def test_what_was_ordered_meanwhile_is_done_once_and_first() -> None:
    service = Service()
    await service.dispatch.take(record(order("handled")))
    await service.see(order("handled"), order("missed"))
    assert service.done == ["handled"]
    assert not service.reader.obeyed.is_set()
    await service.obey()
    assert service.done == ["handled", "missed"]
    assert service.reader.obeyed.is_set()


async def test_an_order_that_fails_is_tried_until_it_is_done() -> None:
    service = Service()
    service.failures = [ValueError("+12025550133"), AutoReconnect("gone")]
    await service.see(order("one"))
    await service.obey()
    assert service.done == ["one"]


async def test_later_orders_are_left_to_the_group_but_known_at_once() -> None:
    service = Service()
    await service.obey()
    late = order("late")
    await service.see(late)
    await service.obey()
    assert service.done == []
    assert service.erased.covers(TENANT, "late", late.at)


async def test_what_nobody_could_ever_do_keeps_nobody_waiting() -> None:
    service = Service()
    await service.reader._see(Record("privacy.v1", 0, 0, b"x", b"{no json"))
    await service.see(order("of-nobody"), tenant="agencybbb")
    await service.see(ExportOrdered(request_id="r-2", subject="s", at=clock.now()))  # not consumed
    await service.obey()
    assert service.done == []
