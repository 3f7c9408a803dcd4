"""27: people are erased under load, while consent, matcher and the broker die at named points."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx

from deploy.drill import remains
from deploy.drill.experiment import USUAL, Act, Drill, Experiment
from deploy.drill.leaving import Leaver, Leaving, leavers
from deploy.drill.poster import Load, Poster
from deploy.drill.quiet import quiet
from deploy.local.services import NAMES
from libs.common.bus.rewinding import rewind
from libs.common.keys import Keys

LIMIT = 120.0
"""Seconds within which all are completed once everybody runs again. Undisturbed it takes ten."""

WAVE = 4
REWOUND = ("ingest", "matcher", "insights", "messaging", "consent", "gateway")
PATIENCE = 300.0

ORDERS = frozenset({"privacy.v1"})
"""A process that starts does what was ordered while it was away before its group comes to it."""

Fault = Callable[[Drill, Leaving, Sequence[Leaver]], Coroutine[Any, Any, None]]


def _dies(name: str, point: str, hits: tuple[int, int], label: str) -> Fault:
    """A service dies at a point on the way of what these people have asked."""

    async def fault(drill: Drill, leaving: Leaving, people: Sequence[Leaver]) -> None:
        asking: list[asyncio.Future[None]] = []

        async def lure(_: Drill) -> None:
            asking.append(asyncio.ensure_future(leaving.ask(people)))

        try:
            await drill.crash(name, point, drill.rng.randint(*hits), lure)
            drill.counts[label] += 1
        except TimeoutError:
            pass  # it never came there: the count says so
        finally:
            await asyncio.gather(*asking)

    return fault


async def _broker_dies(drill: Drill, leaving: Leaving, people: Sequence[Leaver]) -> None:
    await leaving.ask(people)
    waiting = await leaving.under_way() & {one.request for one in people}
    await drill.kill_server(drill.world.kafka)
    drill.counts["broker under orders"] += bool(waiting)


FAULTS: dict[str, Fault] = {
    label: _dies(name, point, hits, label)
    for label, name, point, hits in (
        ("consent before orders", "consent", "erasure.ordered.before_publish", (1, 1)),
        ("consent between answers", "consent", "note_erased.before", (5, 12)),
        ("matcher before commit", "matcher", "erase.after", (1, 3)),
        ("matcher before answer", "matcher", "erasure.done.before_publish", (1, 2)),
        ("consent before commit", "consent", "note_erased.after", (5, 12)),
    )
} | {"broker under orders": _broker_dies}


async def _nothing_dies(_: Drill, leaving: Leaving, people: Sequence[Leaver]) -> None:
    await leaving.ask(people)


def erasing(people: list[Leaver], plan: Sequence[Fault], first: int) -> Act:
    """One wave of people for each fault; all must be done with at the end, in time."""

    async def act(drill: Drill) -> None:
        people[:] = leavers(drill.world.lines, WAVE * len(plan), first)
        async with _opened(drill, people) as leaving:
            await leaving.arrive()
            living = asyncio.ensure_future(leaving.live())
            try:
                for number, fault in enumerate(plan):
                    await fault(drill, leaving, people[number * WAVE : (number + 1) * WAVE])
                drill.counts["done s after"] += round(await leaving.completed(LIMIT))
            finally:
                living.cancel()
                await asyncio.gather(living, return_exceptions=True)
        took = [s for one in people if (s := remains.seconds(one.proof)) is not None]
        drill.counts["erased"] += len(took)
        drill.counts["longest erasure s"] += round(max(took, default=0.0))
        drill.must(len(took) == len(people), f"{len(people) - len(took)} were not erased in time")

    return act


def searching(people: list[Leaver]) -> Act:
    """Nobody is left; nor after groups have begun again, and files and calls come once more."""

    async def afterwards(drill: Drill) -> None:
        await _search(drill, people, "erased")
        drill.mark()
        await drill.stop(*REWOUND)
        for group in REWOUND:
            drill.counts["rewound"] += await rewind(drill.world.kafka.url, group)
        await drill.start(*REWOUND)
        async with _opened(drill, people) as leaving:
            await leaving.calls_again()
            refused = await leaving.files_again()
        still = await quiet(drill.world, PATIENCE)
        drill.must(not still, f"not quiet after the replay: {still}")
        drill.must(sum(refused.values()) == len(people), "a file brought somebody back")
        await _search(drill, people, "replayed")

    return afterwards


async def _search(drill: Drill, people: Sequence[Leaver], when: str) -> None:
    world = drill.world
    keys = Keys(world.files.keys)
    codes = {one.number: keys.code(one.line.tenant, one.number) for one in people}
    logs = [world.files.log(name) for name in NAMES]
    found = await asyncio.to_thread(remains.search, world.mongod.url, logs, codes)
    drill.counts["looked through"] += found.read
    for one in people:
        wrong = remains.faults(one.proof, found.numbers[one.number], found.codes[one.number])
        if any(fault.startswith("left") for fault in wrong):
            drill.left.add(one.number)
        drill.faults += [f"person {one.index}, {when}: {fault}" for fault in wrong]


@asynccontextmanager
async def _opened(drill: Drill, people: Sequence[Leaver]) -> AsyncIterator[Leaving]:
    """An Admin of each agency signed in, and the provider's own doors."""
    world = drill.world
    async with AsyncExitStack() as stack:
        provider = httpx.AsyncClient(base_url=world.simulator_url, timeout=30.0)
        await stack.enter_async_context(provider)
        admins = {tenant: await world.person(tenant, "admin") for tenant in world.tenants}
        for admin in admins.values():
            stack.push_async_callback(admin.close)
        record = world.state / f"leaving-{drill.seed}.jsonl"
        poster = Poster(world.webhook_url, world.signer(), record)
        stack.push_async_callback(poster.close)
        yield Leaving(drill, people, admins, provider, poster)


def erasure() -> Experiment:
    """Every fault once."""
    people: list[Leaver] = []
    return Experiment(
        "27",
        f"{WAVE * len(FAULTS)} erasures, consent, matcher, Kafka killed at {len(FAULTS)} points",
        erasing(people, list(FAULTS.values()), first=0),
        afterwards=searching(people),
        load=Load(webhooks=300, rate=5.0),
        ahead=ORDERS,
        needs=(*FAULTS, "erased", "their calls", "their texts", "suppressed", "rewound"),
        patience=PATIENCE,
    )


def undisturbed(first: int, **more: Any) -> Experiment:
    """The same of a few, with nobody killed: what is found then, a store has left."""
    people: list[Leaver] = []
    return Experiment(
        act=erasing(people, [_nothing_dies], first),
        afterwards=searching(people),
        load=Load(webhooks=60, rate=3.0),
        setups=more.pop("setups", USUAL),
        ahead=ORDERS,
        patience=PATIENCE,
        **more,
    )
