"""A caller looked up among a million customers, against ten thousand."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from deploy.bench import customers
from deploy.bench.figures import Goal, Row, percentile
from deploy.bench.raw.mongo import Raw
from deploy.bench.requests import reserved
from deploy.bench.stage import LINE, Stage, saved
from libs.common import clock
from libs.common.events import CallMatched, CallStarted, Envelope, TenantSaved, enclose
from libs.common.keys import create_tenant_keys
from libs.common.mongo import Mongo, Outbox, Units, Work
from services.matcher.handlers import match_call
from services.matcher.store import ENTITIES, Store

DATABASE = "benchlookup"
FEW, MANY = 10_000, 1_000_000
KNOWN = 2_000
ASKED = 1_000
_GOAL = Goal("at most", 1.3)


@dataclass
class Agency:
    """A tenant with its customers, and the milliseconds that its calls took, by rounds."""

    state: TenantSaved
    units: Units[Store]
    found: list[list[float]] = field(default_factory=list)
    matched: list[list[float]] = field(default_factory=list)

    async def measure(self, place: int) -> None:
        """One round: looked up alone, then as the handler does it, in its transaction."""
        callers = reserved()[:ASKED]
        calls = [self._call(caller, f"{place}-{i}") for i, caller in enumerate(callers)]
        store = self.units.read(self.state.tenant)
        self.found.append([await _timed(self._find(store, caller)) for caller in callers])
        self.matched.append([await _timed(self._match(call)) for call in calls])

    async def _find(self, store: Store, number: str) -> None:
        if not await store.customers.known(number, self.state.region):
            raise ValueError("a customer that is there was not found")

    async def _match(self, call: tuple[CallStarted, Envelope]) -> None:
        fact, cause = call

        async def body(store: Store, work: Work) -> None:
            await match_call(fact, store, work)

        await self.units.once(self.state, cause, "match_call", body)

    def _call(self, caller: str, session: str) -> tuple[CallStarted, Envelope]:
        now = clock.now()
        fact = CallStarted(
            session_id=session,
            leg_id=session,
            occurred_at=now,
            direction="incoming",
            started_at=now,
            line=LINE,
            party=caller,
            party_kind="number",
            attestation="A",
        )
        return fact, enclose(fact, self.state.tenant, id=session, source="bench", time=now)


async def measure(stage: Stage, rounds: int) -> list[Row]:
    """All rows; the two tenants take turns."""
    mongo = Mongo(stage.mongo_url, DATABASE, ENTITIES)
    raw = Raw(stage.mongo_url, DATABASE)
    try:
        await mongo.start()
        few = await _agency(stage, mongo, raw, "benchfew00001", FEW)
        many = await _agency(stage, mongo, raw, "benchmany0001", MANY)
        for place in range(rounds):
            await few.measure(place)
            await many.measure(place)
            stage.say(f"{_told(few)} against {_told(many)}")
    finally:
        mongo.close()
        await asyncio.to_thread(raw.drop_database)
        raw.close()
    return [
        _row("look-up, p50", few.found, many.found, 50, _GOAL),
        _row("look-up, p99", few.found, many.found, 99, None),
        _row("match in its transaction, p50", few.matched, many.matched, 50, _GOAL),
        _row("match in its transaction, p99", few.matched, many.matched, 99, None),
    ]


async def _agency(stage: Stage, mongo: Mongo, raw: Raw, tenant: str, size: int) -> Agency:
    create_tenant_keys(stage.files.keys, tenant)
    keys = stage.keys
    await mongo.open_tenant(tenant)

    async def publish(_: Sequence[Envelope]) -> None:
        """Nothing is published: the relay does not run here."""

    outbox = Outbox(mongo, publish, {CallMatched.TYPE: CallMatched.TOPIC})
    units = Units("matcher", mongo, lambda scope: Store(scope, keys), outbox)
    agency = Agency(saved(tenant, LINE), units)
    store = units.read(tenant)
    await store.customers.write_all(customers.drafts(KNOWN), "bench", "contract", clock.now())
    began = perf_counter()
    await asyncio.to_thread(raw.fill, f"customers__{tenant}", size - KNOWN)
    stage.say(f"{size:,} customers are there after {perf_counter() - began:.0f} s")
    return agency


async def _timed(act: Awaitable[None]) -> float:
    began = perf_counter()
    await act
    return (perf_counter() - began) * 1000


def _told(agency: Agency) -> str:
    found, matched = percentile(agency.found[-1], 50), percentile(agency.matched[-1], 50)
    return f"{found:.2f} ms found, {matched:.2f} ms matched"


def _row(
    name: str, few: list[list[float]], many: list[list[float]], percent: int, goal: Goal | None
) -> Row:
    floor = tuple(percentile(one, percent) for one in few)
    ours = tuple(percentile(one, percent) for one in many)
    return Row(name, "ms", floor, ours, goal)
