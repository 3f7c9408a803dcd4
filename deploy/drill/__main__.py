"""`python -m deploy.drill [--short | --all | --only N[,N]] [--seed S]`."""

import argparse
import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from time import monotonic

from deploy.drill import controls, experiments, table
from deploy.drill.experiment import Experiment
from deploy.drill.perform import Result, perform
from deploy.drill.world import World
from deploy.local.cache import ROOT
from deploy.local.server import StartError

_BEGAN = monotonic()


def main() -> int:
    """Returns the exit status: 0 all green, 1 something red, 2 something inconclusive."""
    options = _options()
    chosen = _chosen(options)
    if not chosen:
        say(f"no such experiment: {options.only}")
        return 2
    state = ROOT / ".local" / "drill" / f"run-{os.getpid()}"
    results: list[Result] = []
    status = _performed(_run(chosen, options.seed, state, results))
    table.show(results)
    status = status or table.status(results)
    if status:
        say(f"logs and records: {state}")
    else:
        shutil.rmtree(state, ignore_errors=True)
    return status


def say(text: str) -> None:
    """One line, with the seconds since the start."""
    print(f"{monotonic() - _BEGAN:6.1f} s  {text}", flush=True)


def _performed(running: Coroutine[None, None, None]) -> int:
    """Runs it to its end, or to an interruption."""
    try:
        asyncio.run(_interruptible(running))
    except StartError as error:
        say(f"FAILED: {error}")
        return 1
    except asyncio.CancelledError:
        say("interrupted; everything is stopped")
        return 130
    return 0


async def _interruptible(running: Coroutine[None, None, None]) -> None:
    task = asyncio.ensure_future(running)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    await task


async def _run(chosen: list[Experiment], seed: int, state: Path, results: list[Result]) -> None:
    """One platform for all, and a new one after an experiment that it did not get over."""
    worlds = 0
    while len(results) < len(chosen):
        world = World(state / f"world-{worlds}", say)
        worlds += 1
        try:
            await world.start()
            for experiment in chosen[len(results) :]:
                say(f"{experiment.number} {experiment.title}")
                results.append(await perform(world, experiment, seed))
                for line in table.details(results[-1]):
                    say(line)
                say(table.line(results[-1]))
                if not (results[-1].quiet or experiment.control):
                    break
        finally:
            await asyncio.to_thread(world.stop)


def _chosen(options: argparse.Namespace) -> list[Experiment]:
    if options.only:
        wanted = options.only.split(",")
        known = [*experiments.WHOLE, *controls.WHOLE]
        return [one for one in known if one.number in wanted]
    if options.all:
        return [*experiments.WHOLE, *controls.WHOLE]
    return [*experiments.SHORT, *controls.SHORT]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("deploy.drill", description="Faults, and what they cost.")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--short", action="store_true", help="the set for every change (default)")
    which.add_argument("--all", action="store_true", help="the whole set, for an evening")
    which.add_argument("--only", metavar="N[,N]", help="these experiments: 1, 24, C2, ...")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
