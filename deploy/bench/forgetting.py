"""One person erased among two hundred thousand in every store, against ten seconds."""

import asyncio
from collections.abc import Sequence
from statistics import median

from deploy.bench import homes
from deploy.bench.agency import Agency
from deploy.bench.figures import Goal, Row
from deploy.bench.homes import Home
from deploy.bench.raw.copies import Copies
from deploy.bench.stage import Stage

PEOPLE = 200_000
ERASED = 20
MOST_MS = 10_000.0
_GOAL = Goal("at most", 1)


async def measure(stage: Stage, rounds: int) -> list[Row]:
    """Two rows for each store; the floor is what is allowed."""
    return [row for home in homes.all_of(stage) for row in await _measured(stage, home, rounds)]


async def _measured(stage: Stage, home: Home, rounds: int) -> list[Row]:
    name = home.kind.name
    agency = Agency(home.kind, stage, f"benchforget{name}")
    copies = None
    try:
        await agency.open()
        copies = Copies(stage.mongo_url, agency.database, await home.live(agency))
        people = await asyncio.to_thread(copies.fill, PEOPLE - 1)
        there = copies.counts()
        stage.say(f"{name}: {PEOPLE:,} people, each with {there}")
        spread = people[:: len(people) // (ERASED * rounds)]
        took = [
            [await home.erase(agency, who, there) for who in spread[first : first + ERASED]]
            for first in range(0, ERASED * rounds, ERASED)
        ]
    finally:
        agency.mongo.close()
        if copies is not None:
            await asyncio.to_thread(copies.drop_database)
            copies.close()
    stage.say(f"{name}: at worst {max(map(max, took)):,.0f} ms")
    told = ", ".join(f"{count} {place}" for place, count in sorted(there.items()))
    return [
        _row(f"{name}, median", [median(one) for one in took]),
        _row(f"{name}, worst", [max(one) for one in took], f"Each person has {told}."),
    ]


def _row(name: str, took: Sequence[float], note: str = "") -> Row:
    return Row(name, "ms", (MOST_MS,) * len(took), tuple(took), _GOAL, note)
