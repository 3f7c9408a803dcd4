"""The bus itself: who joined, who watches, and the rounds until all is quiet."""

import asyncio
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, TypeVar
from unittest.mock import patch

from libs.common import clock
from libs.common.bus import Record, failures
from libs.common.bus.record import fits_its_key
from libs.common.events import (
    Envelope,
    Event,
    Malformed,
    TenantClosed,
    TenantSaved,
    enclose,
    fact_of,
)
from libs.common.keys import Keys
from libs.common.service import Service
from libs.common.tenants import Tenants
from tests.support.bus.delivery import Delivery
from tests.support.bus.log import Log, Reader
from tests.support.bus.member import Member
from tests.support.units import MemoryUnits, RecordedUnits

S = TypeVar("S")
E = TypeVar("E", bound=Event)

MOST_ROUNDS = 200


class MemoryBus:
    """Topics in memory. `units` is the kind of units of work that services get here."""

    def __init__(
        self, delivery: Delivery | None = None, units: type[MemoryUnits[Any]] = MemoryUnits
    ) -> None:
        self.log = Log()
        self.delivery = delivery or Delivery()
        self.members: list[Member[Any]] = []
        self._units = units
        self._watchers: list[tuple[Reader, Callable[[Record], None]]] = []

    def join(
        self,
        service: Service[S],
        units: RecordedUnits[S] | None = None,
        tenants: Tenants | None = None,
    ) -> Member[S]:
        """A service from its declaration; over the units and tenants it has, or over fresh ones."""
        keys = Keys(service.settings.keys_file)
        fresh: RecordedUnits[S] = units or self._units(
            lambda scope: service.store(scope, keys),
            entities=service.entities,
            shared=service.shared,
            emits=service.emits,
            service=service.name,
        )
        known = Tenants() if tenants is None else tenants  # one that knows nobody yet is false
        member = Member(self.log, self.delivery, service, fresh, known)
        self.members.append(member)
        return member

    def watch(self, kinds: Sequence[type[Event]], see: Callable[[Envelope], None]) -> None:
        """Shows every event of these types, without a group, as `Running.follow` does."""
        types = {kind.TYPE for kind in kinds}

        def verified(record: Record) -> None:
            try:
                envelope = Envelope.from_json(record.value)
            except Malformed:
                return
            if envelope.type in types and fits_its_key(envelope, record.key):
                see(envelope)

        topics = sorted({kind.TOPIC for kind in kinds})
        self._watchers.append((Reader(self.log, topics), verified))

    def tell(self, fact: TenantSaved | TenantClosed) -> None:
        """Puts a tenant's state on tenants.v1."""
        version = fact.version if isinstance(fact, TenantSaved) else "closed"
        event = f"{fact.tenant}/{version}"
        envelope = enclose(fact, fact.tenant, id=event, source="gateway", time=clock.now())
        self.log.append(fact.TOPIC, envelope.key, envelope.to_json())

    def facts(self, kind: type[E], tenant: str) -> list[E]:
        """What lies in the log of this type and tenant, repetitions included."""
        found = [Envelope.from_json(record.value) for record in self.log.records(kind.TOPIC)]
        mine = [one for one in found if one.tenantid == tenant and one.type == kind.TYPE]
        return [fact_of(one, kind) for one in mine]

    async def run(self) -> None:
        """Until nobody has anything to read or to send. Pauses between tries take no time."""
        with patch.object(failures, "asyncio", SimpleNamespace(sleep=_at_once)):
            for _ in range(MOST_ROUNDS):
                for member in self._in_turn(self.members):
                    await member.step()
                for member in self.members:
                    member.send()
                if not any(member.reader.behind for member in self.members):
                    break
            else:
                raise AssertionError(f"not quiet after {MOST_ROUNDS} rounds: {self._outages()}")
        for member in self.members:
            member.read_tenants()
        self._show()

    async def replay(self) -> None:
        """Every service reads its topics again, from offset 0."""
        for member in self.members:
            member.reader.rewind()
        await self.run()

    def _show(self) -> None:
        chance = self.delivery.chance
        for reader, see in self._watchers:
            while reader.behind:
                records = reader.poll(chance)
                for record in records * self.delivery.copies:
                    see(record)
                reader.commit(records)

    def _in_turn(self, members: list[Member[Any]]) -> list[Member[Any]]:
        chance = self.delivery.chance
        return chance.sample(members, len(members)) if chance else members

    def _outages(self) -> list[str]:
        return [repr(error) for member in self.members for error in member.outages[-1:]]


async def _at_once(_: float) -> None:
    await asyncio.sleep(0)
