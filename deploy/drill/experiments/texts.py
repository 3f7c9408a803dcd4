"""25: texts to a provider that fails in every way, while messaging and the servers are killed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx

from deploy.drill.experiment import Act, Drill, Experiment
from deploy.drill.fleet import Setup
from deploy.drill.poster import Load
from deploy.drill.texting import MIX, Texting

RATE = 8.0
FAST = {"MESSAGING_RATE": "50", "MESSAGING_BURST": "50"}
NEEDS = (
    "texts",
    "kills",
    "provider: rate_limited",
    "provider: server_error",
    "provider: accepted_without_answer",
    "provider: bad_gateway_after_accept",
    "provider: connection_refused",
)


def texting(count: int) -> Act:
    """The fault of it."""

    async def act(drill: Drill) -> None:
        async with _opened(drill) as desk:
            await desk.begin()
            await desk.break_provider(MIX)
            ordering = asyncio.ensure_future(desk.order(count, RATE))
            try:
                await _kill(drill)
                await ordering
            finally:
                ordering.cancel()
            await desk.settled(120.0)
            await desk.break_provider([])
            with desk.later():
                await desk.judged(60.0)
                await desk.account()

    return act


def texts(count: int) -> Experiment:
    """So many texts, each of them once."""
    return Experiment(
        "25",
        f"{count} texts, messaging, Kafka and mongod killed",
        texting(count),
        load=Load(webhooks=60, rate=1.0),
        setups={"messaging": Setup(environment=FAST)},
        needs=NEEDS,
        patience=120.0,
    )


async def _kill(drill: Drill) -> None:
    """messaging four times, each server once, at random moments."""
    for victim in ("messaging", "kafka", "messaging", "mongod", "messaging", "messaging"):
        await drill.pause(5.0, 9.0)
        if victim == "messaging":
            await drill.kill(victim)
            await drill.pause(0.5, 1.5)
            await drill.start(victim)
        else:
            await drill.kill_server(getattr(drill.world, victim))


@asynccontextmanager
async def _opened(drill: Drill) -> AsyncIterator[Texting]:
    """Two admins signed in, and the provider's own doors."""
    world = drill.world
    async with AsyncExitStack() as stack:
        provider = httpx.AsyncClient(base_url=world.simulator_url, timeout=30.0)
        await stack.enter_async_context(provider)
        people = {tenant: await world.person(tenant, "admin") for tenant in world.tenants}
        for person in people.values():
            stack.push_async_callback(person.close)
        yield Texting(drill, people, provider)
