"""A unit of work: what a handler or an HTTP write changes and emits, in one transaction."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from prometheus_client import Counter
from pymongo.errors import DuplicateKeyError

from libs.common import clock
from libs.common.events import Envelope, Event, TenantSaved, derived_id, enclose
from libs.common.mongo.database import Mongo, is_double
from libs.common.mongo.outbox import Outbox
from libs.common.mongo.scope import TenantScope
from libs.common.telemetry import traceparent

S = TypeVar("S")
T = TypeVar("T")

ABSORBED = Counter("inbox_duplicates_total", "Events seen before, absorbed.", ["handler"])


@dataclass
class Work:
    """What a handler has beside the event and its store: the tenant, the time, and `emit`."""

    tenant: TenantSaved
    now: datetime
    emitted: list[tuple[str, Event]] = field(default_factory=list)

    @property
    def timezone(self) -> ZoneInfo:
        """Where the tenant's days begin."""
        return ZoneInfo(self.tenant.timezone)

    def emit(self, event: Event, *, tenant: str | None = None) -> None:
        """Sends the event when, and only when, the unit of work is committed.

        `tenant` is given only in the platform's own scope, for a fact about a tenant.
        """
        self.emitted.append((tenant or self.tenant.tenant, event))


class Units(Generic[S]):
    """Runs units of work against a service's store."""

    def __init__(
        self, service: str, mongo: Mongo, store: Callable[[TenantScope], S], outbox: Outbox
    ) -> None:
        self._service = service
        self._mongo = mongo
        self._store = store
        self._outbox = outbox

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
        row = f"{tenant.tenant}:{handler}:{cause.id}"
        try:
            await self._run(tenant, cause.id, body, inbox=row)
        except DuplicateKeyError as error:
            if not is_double(error, "inbox"):
                raise
            ABSORBED.labels(handler).inc()
            return False
        return True

    async def write(self, tenant: TenantSaved, body: Callable[[S, Work], Awaitable[T]]) -> T:
        """Runs a write that came by HTTP, or by the clock."""
        return await self._run(tenant, str(uuid4()), body)

    async def _run(
        self,
        tenant: TenantSaved,
        cause: str,
        body: Callable[[S, Work], Awaitable[T]],
        inbox: str | None = None,
    ) -> T:
        committed: list[Envelope] = []

        async def attempt(session: Any) -> T:
            work = Work(tenant, clock.now())
            if inbox:
                own = self._mongo.service_collection("inbox", session)
                await own.insert({"_id": inbox, "at": work.now})
            result = await body(self._store(self._mongo.scope(tenant.tenant, session)), work)
            committed[:] = self._enclosed(work, cause)
            await self._outbox.add(committed, session)
            return result

        result = await self._mongo.transaction(attempt)
        self._outbox.wake(committed)
        return result

    def _enclosed(self, work: Work, cause: str) -> list[Envelope]:
        return [
            enclose(
                fact,
                tenant,
                id=derived_id(cause, fact.TYPE, index),
                source=self._service,
                time=work.now,
            ).model_copy(update={"causationid": cause, "traceparent": traceparent()})
            for index, (tenant, fact) in enumerate(work.emitted)
        ]
