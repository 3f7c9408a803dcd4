"""What an experiment is, and what it has in hand while it runs."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

from deploy.drill.evidence import Evidence
from deploy.drill.fleet import PLAIN, SLOW, Setup
from deploy.drill.poster import Load, Poster
from deploy.drill.world import World
from deploy.local.server import Server

USUAL: Mapping[str, Setup] = {"matcher": SLOW, "insights": SLOW}


class Drill:
    """The platform under fault, and what was done to it.

    `lost` and `doubled` are what the experiment itself has counted, beside the calls; `left` are
    people who were found though they were erased.
    """

    def __init__(self, world: World, poster: Poster, seed: int) -> None:
        self.world = world
        self.poster = poster
        self.rng = random.Random(seed)  # noqa: S311 - chance to be repeated, no secret
        self.seed = seed
        self.since = time.time()
        self.counts: Counter[str] = Counter()
        self.moments: list[float] = []
        self.killed: set[int] = set()
        self.poisoned: set[tuple[str, str]] = set()
        self.faults: list[str] = []
        self.lost = 0
        self.doubled = 0
        self.left: set[str] = set()

    def mark(self) -> None:
        """A fault begins now: recovery is counted from here."""
        self.moments.append(time.time())

    async def pause(self, least: float, most: float | None = None) -> None:
        """Waits by chance between two bounds, or exactly so many seconds."""
        await asyncio.sleep(self.rng.uniform(least, most) if most else least)

    async def kill(self, name: str) -> None:
        """`kill -9` for a service."""
        process = self.world.fleet.processes[name]
        self.mark()
        self.killed.add(process.pid)
        self.counts["kills"] += 1
        await asyncio.to_thread(process.kill)

    async def kill_server(self, server: Server) -> None:
        """`kill -9` for the broker or the database, and its start at once."""
        self.mark()
        self.counts["kills"] += 1
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)

    async def start(self, *names: str) -> None:
        """Starts services and waits until they are ready."""
        await asyncio.to_thread(self.world.fleet.start, *names)

    async def stop(self, *names: str) -> None:
        """SIGTERM for services, and the wait for their end."""
        await asyncio.to_thread(self.world.fleet.stop, *names)

    async def arrange(self, name: str, setup: Setup) -> None:
        """Restarts one service with another setup, without waiting until it is ready."""
        await self.stop(name)
        self.world.fleet.setups[name] = setup
        await asyncio.to_thread(self.world.fleet.launch, name)

    async def crash(self, name: str, point: str, hit: int = 1, lure: "Act | None" = None) -> None:
        """Has a service die at a point, and starts it again as it was.

        `lure` gives it what it needs to come there. Raises TimeoutError where it never did.
        """
        usual = self.world.fleet.setups.get(name, PLAIN)
        plan = usual.faults | {"crash_at": point, "hit": hit}
        await self.arrange(name, replace(usual, faults=plan))
        try:
            if lure:
                await lure(self)
            await self.crashed(name)
        finally:
            self.world.fleet.setups[name] = usual
            await self.stop(name)
            await self.start(name)

    async def crashed(self, name: str, seconds: float = 60.0) -> None:
        """Waits until a service has died at the point where its plan says so."""
        process = self.world.fleet.processes[name]
        async with asyncio.timeout(seconds):
            while await asyncio.to_thread(process.alive):
                await asyncio.sleep(0.1)
        self.mark()
        self.killed.add(process.pid)
        self.counts["crashes"] += 1

    def must(self, holds: bool, otherwise: str) -> None:
        """Notes a fault of the experiment's own where something does not hold."""
        if not holds:
            self.faults.append(otherwise)


Act = Callable[[Drill], Awaitable[None]]
Check = Callable[[Drill, Evidence], None]


async def nothing(_: Drill) -> None:
    """No fault."""


@dataclass(frozen=True)
class Experiment:
    """One row of the table.

    `act` does its faults while the load runs; `afterwards` runs when all is quiet, and the
    platform is then awaited and counted again; `check` looks at the evidence. The counts named
    in `needs` must be above 0, or the experiment has shown nothing. `ordered` is False where
    somebody has records handled out of their order on purpose; `ahead` are topics of which the
    services themselves do that.
    """

    number: str
    title: str
    act: Act = nothing
    afterwards: Act | None = None
    check: Check | None = None
    load: Load = Load()  # noqa: RUF009 - frozen
    setups: Mapping[str, Setup] = field(default_factory=lambda: USUAL)
    needs: tuple[str, ...] = ()
    patience: float = 90.0
    ordered: bool = True
    ahead: frozenset[str] = frozenset()
    control: bool = False
