"""One person erased among two hundred thousand customers, against the bare deletion of one."""

import asyncio
from collections.abc import Awaitable, Sequence
from time import perf_counter

from deploy.bench import customers
from deploy.bench.figures import Row, percentile
from deploy.bench.raw.mongo import Raw
from deploy.bench.requests import reserved
from deploy.bench.stage import LINE, Stage, saved
from libs.common import clock
from libs.common.events import (
    CustomerRemoved,
    CustomerSaved,
    Envelope,
    ErasureDone,
    ErasureOrdered,
    TenantSaved,
    enclose,
)
from libs.common.keys import create_tenant_keys
from libs.common.mongo import Mongo, Outbox, Units, Work
from services.matcher.handlers import erase
from services.matcher.store import ENTITIES, Store

DATABASE = "bencherasure"
TENANT = "bencherase001"
SIZE = 200_000
ERASED = 50


class Agency:
    """A tenant with its customers; each round erases people of its own."""

    def __init__(self, state: TenantSaved, units: Units[Store], stage: Stage) -> None:
        self.state = state
        self._units = units
        self._keys = stage.keys

    async def erased(self, people: Sequence[str], name: str) -> list[float]:
        """Milliseconds for each, as the service does it, in its transaction."""
        return [await _timed(self._erase(number, f"{name}-{number}")) for number in people]

    def code(self, number: str) -> str:
        """The keyed code."""
        return self._keys.code(self.state.tenant, number)

    async def _erase(self, number: str, request: str) -> None:
        order = ErasureOrdered(request_id=request, subject=self.code(number), at=clock.now())
        cause = enclose(order, self.state.tenant, id=request, source="bench", time=order.at)

        async def body(store: Store, work: Work) -> None:
            await erase(order, store, work)
            if not any(isinstance(fact, CustomerRemoved) for _, fact in work.emitted):
                raise ValueError("a customer that is there was not erased")

        await self._units.once(self.state, cause, "erase", body)


async def measure(stage: Stage, rounds: int) -> list[Row]:
    """The two take turns, each with people of its own."""
    mongo = Mongo(stage.mongo_url, DATABASE, ENTITIES)
    raw = Raw(stage.mongo_url, DATABASE)
    floor: list[list[float]] = []
    ours: list[list[float]] = []
    try:
        await mongo.start()
        agency = await _agency(stage, mongo, raw, rounds)
        for place in range(rounds):
            first = 2 * ERASED * place
            people = reserved()[first : first + 2 * ERASED]
            codes = [agency.code(number) for number in people[:ERASED]]
            floor.append(await asyncio.to_thread(_deleted, raw, codes))
            ours.append(await agency.erased(people[ERASED:], str(place)))
    finally:
        mongo.close()
        await asyncio.to_thread(raw.drop_database)
        raw.close()
    return [_row(floor, ours, percent) for percent in (50, 99)]


async def _agency(stage: Stage, mongo: Mongo, raw: Raw, rounds: int) -> Agency:
    create_tenant_keys(stage.files.keys, TENANT)
    await mongo.open_tenant(TENANT)

    async def publish(_: Sequence[Envelope]) -> None:
        """Nothing is published: the relay does not run here."""

    kinds = (ErasureDone, CustomerRemoved, CustomerSaved)
    outbox = Outbox(mongo, publish, {kind.TYPE: kind.TOPIC for kind in kinds})
    keys = stage.keys
    units = Units("matcher", mongo, lambda scope: Store(scope, keys), outbox)
    known = customers.drafts(2 * ERASED * rounds)
    await units.read(TENANT).customers.write_all(known, "bench", "contract", clock.now())
    await asyncio.to_thread(raw.fill, f"customers__{TENANT}", SIZE - len(known))
    stage.say(f"{SIZE:,} customers are there")
    return Agency(saved(TENANT, LINE), units, stage)


def _deleted(raw: Raw, codes: Sequence[str]) -> list[float]:
    found = []
    for code in codes:
        began = perf_counter()
        if raw.delete(f"customers__{TENANT}", {"codes": code}) != 1:
            raise ValueError("a customer that is there was not deleted")
        found.append((perf_counter() - began) * 1000)
    return found


async def _timed(act: Awaitable[None]) -> float:
    began = perf_counter()
    await act
    return (perf_counter() - began) * 1000


def _row(floor: list[list[float]], ours: list[list[float]], percent: int) -> Row:
    bare = tuple(percentile(one, percent) for one in floor)
    whole = tuple(percentile(one, percent) for one in ours)
    return Row(f"erasure, p{percent}", "ms", bare, whole, None)
