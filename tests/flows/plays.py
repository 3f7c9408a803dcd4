"""Calls whose events come in any order, again and again, over a bus with whims."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from deploy.simulator.payloads import Call
from tests.flows.claims import peopled
from tests.flows.given import BOTH, EVENTS, Declared, call, webhook
from tests.flows.world import World
from tests.support.bus import Delivery, MemoryBus


def examples(most: int) -> settings:
    """So many; a fixture may serve them all, since each has a world of its own."""
    shared = [HealthCheck.function_scoped_fixture]
    return settings(max_examples=most, deadline=None, suppress_health_check=shared)


def _as_it_is(_: World) -> None:
    """Nothing fails."""


class Play(NamedTuple):
    """Whose calls, their events in the order of arrival, and how the bus delivers."""

    owners: tuple[int, ...]
    order: Sequence[tuple[int, str]]
    delivery: Delivery

    async def on(self, services: Declared, prepare: Callable[[World], None] = _as_it_is) -> World:
        """A world in which all this has happened, once it is prepared."""
        world = await peopled(World(services, MemoryBus(self.delivery)))
        prepare(world)
        for index, name in self.order:
            world.arrive(webhook(self.call(index), name))
        await world.bus.run()
        return world

    def call(self, index: int) -> Call:
        """Calls come a minute after one another."""
        return call(f"s-{index}", BOTH[self.owners[index]], minutes=index)

    def calm(self) -> "Play":
        """The same calls, everything once and in order."""
        order = [(index, name) for index in range(len(self.owners)) for name in EVENTS]
        return Play(self.owners, order, Delivery())


@st.composite
def plays(draw: st.DrawFn) -> Play:
    """Up to three calls of one number at two agencies, in any order, with repetitions."""
    owners = draw(st.lists(st.sampled_from((0, 1)), min_size=1, max_size=3))
    events = [(index, name) for index in range(len(owners)) for name in EVENTS]
    again = draw(st.lists(st.sampled_from(events), max_size=6))
    how = st.builds(Delivery, st.integers(1, 2), st.integers(0, 1), st.integers(0, 9999))
    return Play(tuple(owners), draw(st.permutations([*events, *again])), draw(how))
