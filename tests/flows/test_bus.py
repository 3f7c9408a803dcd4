"""The bus itself: its whims are real, and it keeps what Kafka keeps."""

import pytest
from pymongo.errors import AutoReconnect

from libs.common.events import CallAnswered, CallEnded, CallStarted
from libs.common.events.calls import CallEvent
from libs.common.mongo import TenantScope, Work
from libs.common.service import Service
from tests.flows.given import EVENTS, Declared, call, webhook
from tests.flows.world import World
from tests.support.bus import Delivery, MemoryBus, memory

Seen = list[tuple[str, str]]
SESSIONS = [f"s-{n}" for n in range(8)]
KINDS = ["call.started", "call.answered", "call.ended"]


async def seen(services: Declared, delivery: Delivery) -> Seen:
    """What a service that only listens sees of eight calls, each in order."""
    taken: Seen = []

    async def note(fact: CallEvent, _: TenantScope, __: Work) -> None:
        taken.append((fact.session_id, fact.TYPE))

    world = World(services, MemoryBus(delivery))
    world.bus.join(
        Service(
            name="messaging",
            settings=services.matcher.settings,
            store=lambda scope, _: scope,
            consumes=[(kind, note) for kind in (CallStarted, CallAnswered, CallEnded)],
        )
    )
    for name in EVENTS:
        for session in SESSIONS:
            world.arrive(webhook(call(session), name))
    await world.bus.run()
    return taken


def of(taken: Seen, session: str) -> list[str]:
    return [kind for one, kind in taken if one == session]


async def test_chance_moves_everything_but_the_order_inside_a_key(services: Declared) -> None:
    orders = [await seen(services, Delivery(seed=seed)) for seed in range(6)]
    for taken in orders:
        assert [of(taken, session) for session in SESSIONS] == [KINDS] * len(SESSIONS)
    assert len({tuple(taken) for taken in orders}) == len(orders)
    assert any(_mingled(taken) for taken in orders)


async def test_the_same_seed_is_the_same_chance(services: Declared) -> None:
    first, second = [await seen(services, Delivery(seed=7)) for _ in range(2)]
    assert first == second


@pytest.mark.parametrize("delivery", [Delivery(copies=3), Delivery(rewinds=2)])
async def test_repetitions_reach_the_inbox(services: Declared, delivery: Delivery) -> None:
    world = World(services, MemoryBus(delivery))
    tried: list[str] = []
    once = world.matcher.units.once

    async def counted(*event: object) -> bool:
        ran = await once(*event)  # type: ignore[arg-type]
        tried.append("ran" if ran else "absorbed")
        return ran

    world.matcher.units.once = counted  # type: ignore[method-assign,assignment]
    await world.play(call())
    assert tried == ["ran", "absorbed", "absorbed"]


async def test_a_bus_that_never_gets_quiet_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MOST_ROUNDS", 2)
    world.matcher.fail("match_call", AutoReconnect("away"), 10**9)
    with pytest.raises(AssertionError, match=r"not quiet after 2 rounds.*AutoReconnect"):
        await world.play(call())


def test_a_handler_that_is_not_there_cannot_fail(world: World) -> None:
    with pytest.raises(LookupError, match="matcher has no handler match_letter"):
        world.matcher.fail("match_letter", ValueError())


def _mingled(taken: Seen) -> bool:
    """Whether one call's events came between those of another."""
    sessions = [session for session, _ in taken]
    return any(len({*sessions[i : i + 3]}) > 1 for i in range(0, len(sessions), 3))
