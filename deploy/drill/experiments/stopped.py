"""9, 11: SIGTERM in the middle of a handler; a handler that never comes back."""

import asyncio
import os
import signal
import time

import httpx

from deploy.drill import faults, journal
from deploy.drill.experiment import USUAL, Drill, Experiment
from deploy.drill.fleet import SLOW, Setup
from deploy.drill.poster import Load

ENOUGH = 45.0
"""Seconds that a service may take to stop with work that ends: its own grace, and a little."""

WORST = 75.0
STUCK = 15.0


def in_grace() -> Experiment:
    """Handlers of two seconds are in hand when SIGTERM comes, and each must end.

    What is done behind a record that is not is committed by nobody: it comes again, for nothing.
    """

    async def act(drill: Drill) -> None:
        for _ in range(3):
            await drill.pause(4.0, 6.0)
            pid = drill.world.fleet.processes["matcher"].pid
            ended = await terminated(drill, "matcher", ENOUGH)
            drill.must(ended, "SIGTERM was not enough")
            drill.counts["stops"] += 1
            steps = journal.read(drill.world.fleet.journal, drill.since)
            begun = journal.cut_off(steps, {pid})
            drill.must(begun == 0, f"{begun} records were cut off by SIGTERM")
            await drill.start("matcher")

    return Experiment(
        "9",
        "SIGTERM x3, handlers within the grace",
        act,
        load=Load(rate=10.0),
        setups={**USUAL, "matcher": Setup({"slow": 2.0})},
        needs=("stops",),
    )


def past_grace() -> Experiment:
    """One handler never ends: after the grace the process goes, and the record comes again."""

    async def act(drill: Drill) -> None:
        await drill.pause(8.0)
        process = drill.world.fleet.processes["matcher"]
        drill.mark()
        drill.killed.add(process.pid)
        began = time.monotonic()
        if not await terminated(drill, "matcher", WORST):
            drill.faults.append(f"it still ran {WORST:.0f} s after SIGTERM")
            await drill.kill("matcher")
        drill.counts["seconds to stop"] = int(time.monotonic() - began)
        drill.world.fleet.setups["matcher"] = SLOW
        await drill.start("matcher")

    return Experiment(
        "9p",
        "SIGTERM, a handler past the grace",
        act,
        load=Load(rate=5.0),
        setups={**USUAL, "matcher": Setup({"hang_at": faults.TAKING, "hit": 10})},
        needs=("cut off", "redelivered"),
    )


def stuck() -> Experiment:
    """A handler hangs: liveness must say so, and the restart must finish the work."""

    async def act(drill: Drill) -> None:
        admin = drill.world.fleet.addresses["matcher"].admin
        seconds = await _until_dead(admin, STUCK + 30.0)
        drill.must(seconds is not None, "liveness never failed")
        drill.counts["liveness failed"] += seconds is not None
        other = await _live(drill.world.fleet.addresses["insights"].admin)
        drill.must(other, "liveness of a service that is well failed too")
        await drill.kill("matcher")
        drill.world.fleet.setups["matcher"] = SLOW
        await drill.start("matcher")

    hangs = Setup({"hang_at": faults.TAKING, "hit": 10}, environment={"DRILL_STUCK": str(STUCK)})
    return Experiment(
        "11",
        "a handler hangs",
        act,
        load=Load(rate=5.0),
        setups={**USUAL, "matcher": hangs},
        needs=("liveness failed", "cut off", "redelivered"),
    )


async def terminated(drill: Drill, name: str, seconds: float) -> bool:
    """SIGTERM; whether the process has ended within so many seconds."""
    process = drill.world.fleet.processes[name]
    drill.mark()
    os.kill(process.pid, signal.SIGTERM)
    try:
        async with asyncio.timeout(seconds):
            while await asyncio.to_thread(process.alive):
                await asyncio.sleep(0.1)
    except TimeoutError:
        return False
    return True


async def _until_dead(admin: str, seconds: float) -> float | None:
    began = time.monotonic()
    while await _live(admin):
        if time.monotonic() - began > seconds:
            return None
        await asyncio.sleep(1.0)
    return time.monotonic() - began


async def _live(admin: str) -> bool:
    async with httpx.AsyncClient(timeout=3.0, trust_env=False) as http:
        return (await http.get(f"{admin}/livez")).status_code == 200
