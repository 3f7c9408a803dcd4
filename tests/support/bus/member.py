"""A service at the bus: the real way from a record to its handlers and on to the next topic."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from typing import Generic, TypeVar

from libs.common.bus import Dispatch, Guard, Letters, Parking, Producer, Record, guarded, lanes
from libs.common.bus.producer import PUBLISH_SECONDS
from libs.common.bus.record import Headers
from libs.common.erased import Erased
from libs.common.events import Envelope, Event, TenantClosed, TenantSaved, fact_of
from libs.common.keys import Keys
from libs.common.mongo import Documents, Work
from libs.common.service import Service, Together
from libs.common.tenants import Tenants
from tests.support.bus.delivery import Delivery
from tests.support.bus.log import Log, Reader
from tests.support.units import MemoryMongo, RecordedUnits

S = TypeVar("S")

Handler = Callable[..., Awaitable[None]]


@dataclass
class Fault:
    """Fails a handler after its writes: before their commit, or after it (`committed`)."""

    error: Exception
    times: int
    committed: bool


class Member(Generic[S]):
    """A service with its own tenants, store, parked records and place in the log."""

    def __init__(
        self,
        log: Log,
        delivery: Delivery,
        service: Service[S],
        units: RecordedUnits[S],
        tenants: Tenants,
    ) -> None:
        self.service, self.units, self.tenants = service, units, tenants
        self.keys = Keys(service.settings.keys_file)
        self.reader = Reader(log, service.topics_in())
        self.outages: list[Exception] = []
        self._log, self._delivery = log, delivery
        self._tenant_reader = Reader(log, ("tenants.v1",))
        self._tries = self._sent = 0
        self._faults: dict[str, Fault] = {}
        self._lost: list[Exception] = []
        self._parked = MemoryMongo()
        self._parking = Parking(service.name, self._parked, _Sender(log), self.keys)
        consumes = [(kind, self._wrapped(handler)) for kind, handler in service.consumes]
        self._guard, self._orders = Guard(Erased()), Reader(log, ("privacy.v1",))
        self._dispatch: Dispatch[S] = Dispatch(consumes, units, tenants, self._guard)
        self.letters = Letters(self._parked, self.keys, self._dispatch.take)

    def store(self, tenant: str) -> S:
        """The tenant's store, outside a transaction."""
        return self.units.read(tenant)

    def fail(
        self, handler: str, error: Exception, times: int = 1, *, committed: bool = False
    ) -> None:
        """Makes a handler fail so often; see Fault."""
        if handler not in self.handlers():
            raise LookupError(f"{self.service.name} has no handler {handler}")
        self._faults[handler] = Fault(error, times, committed)

    def handlers(self) -> set[str]:
        """The names of its handlers."""
        consumes = self.service.consumes
        return {h.__name__ for _, h in consumes if not isinstance(h, Together)}

    async def parked(self) -> Documents:
        """The rows of its parked collection."""
        return await self._parked.service_collection("parked").list({}, sort=[("_id", 1)])

    def read_tenants(self) -> None:
        """Takes in tenants.v1 as far as it goes."""
        records = self._tenant_reader.poll()
        for record in records:
            self.tenants.put(_tenant_fact(Envelope.from_json(record.value)))
        self._tenant_reader.commit(records)

    def read_orders(self) -> None:
        """Takes in who is erased, as far as privacy.v1 goes."""
        records = self._orders.poll()
        for record in records:
            self._guard.note(Envelope.from_json(record.value))
        self._orders.commit(records)

    def send(self) -> None:
        """Puts what was committed since the last time on its topics."""
        fresh = self.units.envelopes[self._sent :]
        self._sent += len(fresh)
        self.publish(*fresh)

    def publish(self, *envelopes: Envelope) -> None:
        """Puts events on their topics. Raises KeyError for what the service does not emit."""
        for envelope in envelopes:
            topic = self.service.topics_out()[envelope.type]
            self._log.append(topic, envelope.key, envelope.to_json())

    async def step(self) -> None:
        """Takes one batch, as often as the delivery has it; an outage leaves it for later."""
        batch = self.reader.poll(self._delivery.chance)
        records = [record for record in batch for _ in range(self._delivery.copies)]
        try:
            for _ in range(1 + self._delivery.rewinds):
                await lanes.run(records, self._one, asyncio.Event())
        except Exception as error:  # noqa: BLE001 - as in the real consumer, the batch comes again
            self.outages.append(error)
            return
        self.reader.commit(batch)

    async def hand(self, record: Record) -> None:
        """Takes a record out of its turn; in its turn it comes again."""
        await self._one(record)

    async def _one(self, record: Record) -> None:
        await guarded(record, self._take, self._parking.park)

    async def _take(self, record: Record) -> None:
        self._tries += 1
        if self._tries > self._delivery.tenants_after:
            self.read_tenants()
        self.read_orders()
        await self._delivery.give_way()
        await self._dispatch.take(record)
        if self._lost:
            raise self._lost.pop()

    def _wrapped(self, handler: Handler | Together) -> Handler | Together:
        """One that takes several at once takes them one by one here, and does not fail."""
        return handler if isinstance(handler, Together) else self._breakable(handler)

    def _breakable(self, handler: Handler) -> Handler:
        @wraps(handler)
        async def breakable(fact: Event, store: S, work: Work) -> None:
            await handler(fact, store, work)
            await self._delivery.give_way()
            fault = self._faults.get(handler.__name__)
            if fault is None or fault.times == 0:
                return
            fault.times -= 1
            if not fault.committed:
                raise fault.error
            self._lost.append(fault.error)

        return breakable


class _Sender(Producer):
    """Where parked records are sent."""

    def __init__(self, log: Log) -> None:
        self._log = log

    async def send(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Headers = (),
        seconds: float = PUBLISH_SECONDS,
    ) -> None:
        self._log.append(topic, key, value, headers)


def _tenant_fact(envelope: Envelope) -> TenantSaved | TenantClosed:
    if envelope.type == TenantClosed.TYPE:
        return fact_of(envelope, TenantClosed)
    return fact_of(envelope, TenantSaved)
