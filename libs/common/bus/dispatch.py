"""From a record to the handlers of its event, each once, each in its own unit of work."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from libs.common.bus.failures import Poison
from libs.common.bus.parking import is_dead_letter
from libs.common.bus.record import Record, fits_its_key
from libs.common.events import Envelope, Event, fact_of
from libs.common.mongo import Units, Work
from libs.common.telemetry import span
from libs.common.tenants import Tenants

S = TypeVar("S")

Handler = Callable[[Any, S, Work], Awaitable[None]]
Consumes = Sequence[tuple[type[Event], Callable[..., Awaitable[None]]]]


class Dispatch(Generic[S]):
    """Takes records in: one that is no event of ours is poison, a type not listed is passed."""

    def __init__(self, consumes: Consumes, units: Units[S], tenants: Tenants) -> None:
        self._units = units
        self._tenants = tenants
        self._handlers: defaultdict[str, list[tuple[type[Event], Handler[S]]]] = defaultdict(list)
        for kind, handler in consumes:
            self._handlers[kind.TYPE].append((kind, handler))

    async def take(self, record: Record) -> None:
        """Hands the event to its handlers. Raises Poison, Malformed, UnknownTenant.

        A dead letter is for the operators' tools: parking it again would never end.
        """
        if is_dead_letter(record):
            return
        envelope = Envelope.from_json(record.value)
        if not fits_its_key(envelope, record.key):
            raise Poison("tenant: the record key names another tenant or subject")
        if self._tenants.has_left(envelope.tenantid):
            return  # nothing of it may be kept any more, and so nothing parked
        for kind, handler in self._handlers.get(envelope.type, ()):
            await self._handle(envelope, kind, handler)

    async def _handle(self, envelope: Envelope, kind: type[Event], handler: Handler[S]) -> None:
        tenant = self._tenants.get(envelope.tenantid)
        fact = fact_of(envelope, kind)

        async def body(store: S, work: Work) -> None:
            if self._tenants.has_left(envelope.tenantid):
                return  # since then: a write would make its collections again
            await handler(fact, store, work)

        name = f"process {envelope.type}"
        with span(name, kind="consumer", traceparent=envelope.traceparent, event_id=envelope.id):
            await self._units.once(tenant, envelope, handler.__name__, body)
