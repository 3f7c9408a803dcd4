"""Waits until nothing is on its way any more: no lag, no unsent event, no spooled one."""

import asyncio
import time

from deploy.drill import groups
from deploy.drill.stores import Stores
from deploy.drill.world import World

TWICE = 2
PAUSE = 0.5
ASKING_SECONDS = 15.0


async def quiet(world: World, patience: float) -> str:
    """Empty once it is quiet; after `patience` seconds it says what still is on its way."""
    deadline, times, still = time.monotonic() + patience, 0, "not asked"
    async with Stores(world.mongod.url) as stores:
        while times < TWICE:
            if time.monotonic() > deadline:
                return still
            still = await _still(world, stores)
            times = 0 if still else times + 1
            await asyncio.sleep(PAUSE)
    return ""


async def _still(world: World, stores: Stores) -> str:
    try:
        async with asyncio.timeout(ASKING_SECONDS):
            lag = await groups.lag(world.kafka.url)
            behind = {f"lag of {group}": count for group, count in lag.items()}
            behind["unsent events"] = await stores.unsent()
    except Exception as error:  # noqa: BLE001 - asked again until the time is up
        return f"no answer ({type(error).__name__})"
    behind["spooled segments"] = len(list(world.files.spool().glob("*.spool")))
    return ", ".join(f"{name} {count}" for name, count in behind.items() if count)
