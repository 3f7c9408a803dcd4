"""From a record to the handlers of its event, each once, each in its own unit of work."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from libs.common import clock
from libs.common.bus.failures import Poison
from libs.common.bus.guard import Guard
from libs.common.bus.parking import is_dead_letter
from libs.common.bus.record import Record, fits_its_key
from libs.common.erased import Erased
from libs.common.events import Envelope, Event, TenantSaved, fact_of
from libs.common.mongo import Units, Work, inbox_id
from libs.common.telemetry import span
from libs.common.tenants import Tenants

S = TypeVar("S")

Handler = Callable[[Any, S, Work], Awaitable[None]]
Heeds = Callable[[Any, Envelope], Awaitable[bool]]
"""Given a store outside a transaction: whether an event concerns the service at all."""


@dataclass(frozen=True)
class Together:
    """A handler that takes several events of one key at once, the facts in their order.

    It must know by itself what it has had before: these events leave no row in the inbox.
    Its type is alone on its topic, as far as the service is concerned.
    """

    handler: Callable[[Sequence[Any], Any, Work], Awaitable[None]]


Consumes = Sequence[tuple[type[Event], Callable[..., Awaitable[None]] | Together]]


class Dispatch(Generic[S]):
    """Takes records in: one that is no event of ours is poison, a type not listed is passed.

    What is about an erased person is passed over; without a `guard` nobody is erased. What the
    service does not heed leaves no trace, and costs no unit of work.
    """

    def __init__(
        self,
        consumes: Consumes,
        units: Units[S],
        tenants: Tenants,
        guard: Guard | None = None,
        heeds: Heeds | None = None,
    ) -> None:
        self._units = units
        self._heeds = heeds
        self._tenants = tenants
        self._guard = guard or Guard(Erased())
        self._handlers: defaultdict[str, list[tuple[type[Event], Handler[S]]]] = defaultdict(list)
        self._together: dict[str, tuple[type[Event], Together]] = {}
        for kind, handler in consumes:
            if isinstance(handler, Together):
                self._together[kind.TYPE] = kind, handler
            else:
                self._handlers[kind.TYPE].append((kind, handler))

    @property
    def together(self) -> frozenset[str]:
        """The topics whose records go to `take_together`."""
        return frozenset(kind.TOPIC for kind, _ in self._together.values())

    async def take(self, record: Record) -> None:
        """Hands the event to its handlers. Raises Poison, Malformed, UnknownTenant."""
        envelope = self._opened(record)
        if envelope is None:
            return
        handlers = self._handlers.get(envelope.type, ())
        if handlers and await self._concerns(envelope):
            for kind, handler in handlers:
                await self._handle(envelope, kind, handler)
        if envelope.type in self._together:
            await self._handle_together([envelope])

    async def _concerns(self, envelope: Envelope) -> bool:
        if self._heeds is None:
            return True
        tenant = self._tenants.get(envelope.tenantid)
        return await self._heeds(self._units.read(tenant.tenant), envelope)

    async def take_together(self, records: Sequence[Record]) -> None:
        """Hands events of one key to the handler that takes them at once: all are done, or none.

        Raises Poison, Malformed, UnknownTenant.
        """
        opened = [envelope for record in records if (envelope := self._opened(record))]
        known = [envelope for envelope in opened if envelope.type in self._together]
        if known:
            await self._handle_together(known)

    def _opened(self, record: Record) -> Envelope | None:
        """The event inside; None where there is nothing to be done. Raises Poison, Malformed.

        A dead letter is for the operators' tools: parking it again would never end.
        """
        if is_dead_letter(record):
            return None
        envelope = Envelope.from_json(record.value)
        if not fits_its_key(envelope, record.key):
            raise Poison("tenant: the record key names another tenant or subject")
        if self._tenants.has_left(envelope.tenantid):
            return None  # nothing of it may be kept any more, and so nothing parked
        return None if self._guard.passes_over(envelope) else envelope

    async def _handle_together(self, envelopes: Sequence[Envelope]) -> None:
        """They are of one tenant, since they have one key, and of one type."""
        first = envelopes[0]
        tenant = self._tenants.get(first.tenantid)
        kind, together = self._together[first.type]
        facts = [fact_of(envelope, kind) for envelope in envelopes]

        async def body(store: S, work: Work) -> None:
            if not self._tenants.has_left(first.tenantid):
                await together.handler(facts, store, work)

        with span(f"process {first.type}", kind="consumer", events=len(facts)):
            await self._units.apart(tenant, body)

    def entries(self, envelope: Envelope) -> list[str]:
        """The ids of the inbox rows that are there once every handler has had the event."""
        handlers = (handler for _, handler in self._handlers.get(envelope.type, ()))
        return [inbox_id(envelope.tenantid, h.__name__, envelope.id) for h in handlers]

    async def _handle(self, envelope: Envelope, kind: type[Event], handler: Handler[S]) -> None:
        tenant = self._tenants.get(envelope.tenantid)
        fact = fact_of(envelope, kind)

        async def body(store: S, work: Work) -> None:
            if self._tenants.has_left(envelope.tenantid):
                return  # since then: a write would make its collections again
            if self._guard.passes_over(envelope):
                return  # since then
            await act(fact, store, work)

        name = f"process {envelope.type}"
        with span(name, kind="consumer", traceparent=envelope.traceparent, event_id=envelope.id):
            act = await self._answer(fact, tenant, handler) if kind.ASKS else handler
            await self._units.once(tenant, envelope, handler.__name__, body)

    async def _answer(self, fact: Event, tenant: TenantSaved, handler: Handler[S]) -> Handler[S]:
        """Has the handler read outside a transaction; what comes of it is to be written in one."""
        read = Work(tenant, clock.now())
        await handler(fact, self._units.read(tenant.tenant), read)

        async def answer(_fact: Event, _store: S, work: Work) -> None:
            work.emitted += read.emitted
            work.noted += read.noted

        return answer
