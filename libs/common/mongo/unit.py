"""A unit of work: what a handler or an HTTP write changes and emits, in one transaction."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar, cast
from uuid import uuid4
from zoneinfo import ZoneInfo

from prometheus_client import Counter
from pymongo.errors import DuplicateKeyError

from libs.common import clock
from libs.common.events import Envelope, Event, Note, TenantSaved, derived_id, enclose
from libs.common.mongo import trail
from libs.common.mongo.database import Mongo, is_double
from libs.common.mongo.groups import Groups, Within, directly
from libs.common.mongo.outbox import Outbox
from libs.common.mongo.scope import Document, TenantScope
from libs.common.telemetry import traceparent

S = TypeVar("S")
T = TypeVar("T")

ABSORBED = Counter("inbox_duplicates_total", "Events seen before, absorbed.", ["handler"])


@dataclass
class Work:
    """What a handler has beside the event and its store: the tenant, the time, and `emit`.

    `cause` is the event's id, the same however often it comes; without an event it is random.
    """

    tenant: TenantSaved
    now: datetime
    emitted: list[tuple[str, Event]] = field(default_factory=list)
    noted: list[tuple[str, Note]] = field(default_factory=list)
    cause: str = ""

    @property
    def timezone(self) -> ZoneInfo:
        """Where the tenant's days begin."""
        return ZoneInfo(self.tenant.timezone)

    def emit(self, event: Event, *, tenant: str | None = None) -> None:
        """Sends the event when, and only when, the unit of work is committed.

        `tenant` is given only in the platform's own scope, for a fact about a tenant.
        """
        self.emitted.append((tenant or self.tenant.tenant, event))

    def note(self, note: Note, *, tenant: str | None = None) -> None:
        """Puts what is done on the tenant's record when, and only when, it is committed."""
        self.noted.append((tenant or self.tenant.tenant, note))


@dataclass(eq=False)
class Unit(Generic[S, T]):
    """One of them: whose, caused by what, and what is to be done.

    `inbox` is the row without which it may count twice. `result` is what the body returned.
    """

    tenant: TenantSaved
    cause: str
    body: Callable[[S, Work], Awaitable[T]]
    inbox: str | None = None
    result: T | None = None


def inbox_id(tenant: str, handler: str, event: str) -> str:
    """The row that is there once this handler has had this event."""
    return f"{tenant}:{handler}:{event}"


class Units(Generic[S]):
    """Runs units of work against a service's store."""

    def __init__(
        self,
        service: str,
        mongo: Mongo,
        store: Callable[[TenantScope], S],
        outbox: Outbox,
        noted: Callable[[], None] = lambda: None,
    ) -> None:
        self._service = service
        self._mongo = mongo
        self._store = store
        self._outbox = outbox
        self._noted = noted
        self._groups, self._writes = Groups(self._together), Groups(self._together)

    def read(self, tenant: str) -> S:
        """The store outside a transaction, for reading."""
        return self._store(self._mongo.scope(tenant))

    async def once(
        self,
        tenant: TenantSaved,
        cause: Envelope,
        handler: str,
        body: Callable[[S, Work], Awaitable[None]],
    ) -> bool:
        """Runs the body unless this handler had this event before; says whether it ran."""
        inbox = inbox_id(tenant.tenant, handler, cause.id)
        try:
            await self._groups.run(Unit(tenant, cause.id, body, inbox))
        except DuplicateKeyError as error:
            if not is_double(error, "inbox"):
                raise
            ABSORBED.labels(handler).inc()
            return False
        return True

    async def write(self, tenant: TenantSaved, body: Callable[[S, Work], Awaitable[T]]) -> T:
        """Runs a write that came by HTTP, or by the clock."""
        unit = Unit(tenant, str(uuid4()), body)
        await self._writes.run(unit)
        return cast(T, unit.result)

    async def apart(self, tenant: TenantSaved, body: Callable[[S, Work], Awaitable[T]]) -> T:
        """Runs a large write in a transaction of its own."""
        unit = Unit(tenant, str(uuid4()), body)
        await self._together([unit])
        return cast(T, unit.result)

    async def note(self, tenant: str, note: Note) -> None:
        """Puts something on the tenant's record that changes nothing else, such as a read.

        It is written when this returns, in one insert and without a transaction.
        """
        rows = trail.rows([(tenant, note)], clock.now())
        await self._mongo.service_collection("trail").insert_all(rows)
        self._noted()

    async def _together(self, units: Sequence[Unit[S, Any]], within: Within = directly) -> None:
        """All of them in one transaction, or none."""

        async def attempt(session: Any) -> tuple[list[Envelope], list[Document]]:
            inbox = self._mongo.service_collection("inbox", session)
            now = clock.now()
            await inbox.insert_all([{"_id": u.inbox, "at": now} for u in units if u.inbox])
            emitted: list[Envelope] = []
            noted: list[Document] = []
            for unit in units:
                work, envelopes = await within(unit, self._carry_out(unit, session))
                emitted += envelopes
                noted += trail.rows(work.noted, work.now)
            await self._outbox.add(emitted, session)
            await self._mongo.service_collection("trail", session).insert_all(noted)
            return emitted, noted

        emitted, noted = await self._mongo.transaction(attempt)
        self._outbox.wake(emitted)
        if noted:
            self._noted()

    async def _carry_out(self, unit: Unit[S, T], session: Any) -> tuple[Work, list[Envelope]]:
        work = Work(unit.tenant, clock.now(), cause=unit.cause)
        store = self._store(self._mongo.scope(unit.tenant.tenant, session))
        unit.result = await unit.body(store, work)
        return work, self._enclosed(work, unit.cause)

    def _enclosed(self, work: Work, cause: str) -> list[Envelope]:
        """Their ids name this service: several answer one order with the same type of event."""
        own = f"{self._service}/{cause}"
        origin = {"causationid": cause, "traceparent": traceparent()}
        return [
            enclose(
                fact,
                tenant,
                id=derived_id(own, fact.TYPE, index),
                source=self._service,
                time=work.now,
            ).model_copy(update=origin)
            for index, (tenant, fact) in enumerate(work.emitted)
        ]
