"""Somebody is erased everywhere, while they call, and nothing brings them back."""

from datetime import timedelta

import pytest

from libs.common.erased import SKIPPED
from libs.common.events import ErasureDone, ErasureOrdered, enclose
from tests.flows.claims import peopled
from tests.flows.given import (
    CUSTOMER,
    HERE,
    NOON,
    STRANGER,
    THERE,
    Declared,
    call,
    text,
    webhook,
)
from tests.flows.world import World
from tests.support.bus import Delivery, MemoryBus
from tests.support.units import MemoryUnits

MINUTE = timedelta(minutes=1)
STORES = {"matcher", "insights", "messaging"}  # ingest's answer is a job's


def subject(world: World, number: str = CUSTOMER) -> str:
    return world.matcher.keys.code(HERE.tenant, number)


async def order(world: World, minutes: float = 1, number: int = 1) -> None:
    """Erases CUSTOMER at HERE, so many minutes after NOON."""
    at = NOON + minutes * MINUTE
    fact = ErasureOrdered(request_id="req_1", subject=subject(world), at=at, round=number)
    event = enclose(fact, HERE.tenant, id=f"order-{number}", source="consent", time=at)
    world.bus.log.append(fact.TOPIC, event.key, event.to_json())
    await world.bus.run()


def skipped() -> float:
    return sum(
        sample.value
        for metric in SKIPPED.collect()
        for sample in metric.samples
        if sample.name.endswith("_total")
    )


async def traces(world: World) -> list[str]:
    """Documents of HERE that hold the person's number, name or code."""
    found = []
    for member in (world.matcher, world.insights, world.messaging):
        assert isinstance(member.units, MemoryUnits)
        scope = member.units.mongo.scope(HERE.tenant)
        for entity in member.service.entities:
            if entity.name == "erased":
                continue
            for row in await scope.collection(entity.name).list({}):
                if any(mark in str(row) for mark in (CUSTOMER, subject(world))):
                    found.append(f"{member.service.name}.{entity.name}")
    return found


@pytest.fixture
async def lived(world: World) -> World:
    """The customer has called both agencies, a stranger this one, and somebody has texted."""
    await peopled(world)
    await world.play(
        call("s-1"), call("s-2", minutes=5, origin=STRANGER), call("s-3", THERE, minutes=5)
    )
    world.arrive(text("hello"))
    await world.bus.run()
    return world


async def test_every_store_lets_the_person_go_and_keeps_the_others(lived: World) -> None:
    there = await lived.state(THERE)
    assert await traces(lived) != []
    await order(lived)
    assert await traces(lived) == []
    answers = lived.bus.facts(ErasureDone, HERE.tenant)
    assert {answer.store for answer in answers} == STORES
    assert [one["session_id"] for one in (await lived.state(HERE)).calls] == ["s-2"]
    assert await lived.state(THERE) == there
    await order(lived, number=2)
    assert [a.deleted for a in lived.bus.facts(ErasureDone, HERE.tenant) if a.round == 2] == [
        ()
    ] * len(STORES)
    assert await lived.parked() == []


async def test_a_call_in_progress_leaves_nothing(world: World) -> None:
    await peopled(world)
    ringing = call("s-1")
    for name in ("initiated", "answered"):
        world.arrive(webhook(ringing, name))
    await world.bus.run()
    await order(world, 0.2)
    before = skipped()
    world.arrive(webhook(ringing, "hangup"))
    await world.bus.run()
    assert (await world.state(HERE)).calls == []
    assert skipped() > before
    assert await world.parked() == []


async def test_a_replay_brings_nobody_back_and_changes_no_other(lived: World) -> None:
    await order(lived)
    here, there = await lived.state(HERE), await lived.state(THERE)
    before = skipped()
    await lived.bus.replay()
    assert (await lived.state(HERE), await lived.state(THERE)) == (here, there)
    assert await traces(lived) == []
    assert skipped() > before
    assert len(lived.bus.facts(ErasureDone, HERE.tenant)) == len(STORES)


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_comes_first_nothing_stays(services: Declared, seed: int) -> None:
    """The order comes while events of before are still on their way, with a bus of whims."""
    delivery = Delivery(copies=2, rewinds=1, seed=seed)
    world = await peopled(World(services, MemoryBus(delivery)))
    for ringing in (call("s-1"), call("s-2", minutes=-5), call("s-3", origin=STRANGER)):
        for name in ("initiated", "answered", "hangup", "cost"):
            world.arrive(webhook(ringing, name))
    await order(world, 2)
    assert await traces(world) == []
    assert [one["session_id"] for one in (await world.state(HERE)).calls] == ["s-3"]
