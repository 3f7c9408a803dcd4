"""Units of work without a server: the same `Units`, over documents in memory.

Real stores run over a `MemoryScope` as over a `TenantScope`; tests/common/test_scope_contract.py
holds the two to the same behaviour. Only the real one has validators and real concurrency.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from libs.common.events import Envelope, Event, fact_of
from libs.common.mongo import Collection, Entity, Mongo, Outbox, TenantScope, Units
from libs.common.mongo.database import PLUMBING
from libs.common.mongo.scope import SERVICE_COLLECTIONS, TENANT
from tests.support.memory import MemoryCollection, Tables, Transaction

S = TypeVar("S")
T = TypeVar("T")
E = TypeVar("E", bound=Event)

__all__ = ["MemoryCollection", "MemoryMongo", "MemoryScope", "MemoryUnits", "RecordedUnits"]


class MemoryScope(TenantScope):
    """One tenant's documents. Scopes over the same `tables` see the same ones."""

    def __init__(
        self, tenant: str, tables: Tables | None = None, within: Transaction | None = None
    ) -> None:
        if not TENANT.fullmatch(tenant):
            raise ValueError("a tenant id is 8 to 26 lower-case letters and digits")
        self.tenant = tenant
        self._tables = tables or Tables()
        self._within = within

    def collection(self, entity: str) -> Collection:
        """The tenant's collection of this entity."""
        return MemoryCollection(self._tables.table(entity, f"__{self.tenant}", self._within))

    def shared(self, name: str) -> Collection:
        """A collection that is no tenant's."""
        return _shared(self._tables, name, self._within)


class MemoryMongo(Mongo):
    """A service's database. `retries` is how often each transaction fails first and runs again."""

    def __init__(self, entities: Iterable[Entity] = (), own: Iterable[Entity] = ()) -> None:
        self.tables = Tables([*entities, *own, *PLUMBING])
        self.retries = 0
        self._one_at_a_time = asyncio.Lock()

    async def start(self) -> None:
        """Nothing to make."""

    async def ping(self) -> None:
        """Always there."""

    def close(self) -> None:
        """Nothing to close."""

    async def open_tenant(self, tenant: str) -> None:
        """Nothing to make; the id is checked."""
        self.scope(tenant)

    async def close_tenant(self, tenant: str) -> None:
        """Drops the tenant's documents."""
        self.tables.drop(f"__{tenant}")

    def scope(self, tenant: str, session: Any = None) -> TenantScope:
        """A tenant's scope."""
        return MemoryScope(tenant, self.tables, session)

    def service_collection(self, name: str, session: Any = None) -> Collection:
        """A collection that is no tenant's."""
        return _shared(self.tables, name, session)

    async def transaction(self, body: Callable[[Any], Awaitable[T]]) -> T:
        """Runs the body; what it wrote is there when it returns, and gone when it raises."""
        async with self._one_at_a_time:
            for _ in range(self.retries):
                await body(Transaction())
            transaction = Transaction()
            result = await body(transaction)
            self.tables.commit(transaction)
            return result


class Sent(Outbox):
    """Keeps what would be published. Refuses types that the service does not declare."""

    def __init__(self, emits: Iterable[type[Event]]) -> None:
        self.envelopes: list[Envelope] = []
        self._emits = {kind.TYPE for kind in emits}

    async def add(self, envelopes: Sequence[Envelope], session: Any) -> None:
        """Checks the types."""
        undeclared = {envelope.type for envelope in envelopes} - self._emits
        if undeclared:
            raise LookupError(f"{sorted(undeclared)} is not in EMITS")

    def wake(self, envelopes: Sequence[Envelope]) -> None:
        """Takes what was committed."""
        self.envelopes += envelopes

    async def drained(self) -> None:
        """Nothing waits."""


class RecordedUnits(Units[S]):
    """Units over any database, which keep the events they emit."""

    def __init__(
        self,
        mongo: Mongo,
        store: Callable[[TenantScope], S],
        emits: Iterable[type[Event]],
        service: str = "test",
    ) -> None:
        self._sent = Sent(emits)
        super().__init__(service, mongo, store, self._sent)

    @property
    def envelopes(self) -> list[Envelope]:
        """Everything emitted, in order."""
        return self._sent.envelopes

    @property
    def emitted(self) -> list[Event]:
        """The facts inside, as a reader gets them."""
        kinds = {kind.TYPE: kind for kind in _kinds(Event)}
        return [fact_of(envelope, kinds[envelope.type]) for envelope in self.envelopes]

    def of(self, kind: type[E]) -> list[E]:
        """The facts of one type."""
        return [fact_of(one, kind) for one in self.envelopes if one.type == kind.TYPE]


class MemoryUnits(RecordedUnits[S]):
    """Units over documents in memory."""

    def __init__(
        self,
        store: Callable[[TenantScope], S],
        *,
        entities: Iterable[Entity] = (),
        shared: Iterable[Entity] = (),
        emits: Iterable[type[Event]] = (),
        service: str = "test",
    ) -> None:
        self.mongo = MemoryMongo(entities, shared)
        super().__init__(self.mongo, store, emits, service)


def _shared(tables: Tables, name: str, within: Transaction | None) -> Collection:
    if name not in SERVICE_COLLECTIONS:
        raise LookupError(f"{name} is not a service-wide collection: use TenantScope.collection")
    return MemoryCollection(tables.table(name, within=within))


def _kinds(kind: type[E]) -> Iterator[type[E]]:
    for one in kind.__subclasses__():
        if "TYPE" in vars(one):
            yield one
        yield from _kinds(one)
