"""`python -m deploy.drill.soak [--minutes 10] [--rate 200]`: a steady load; does anything grow?

Whole calls at a fixed rate, whatever becomes of those before. Every half minute it prints what
each process holds and how far the groups are behind; at the end, what a call cost.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from time import monotonic
from typing import NoReturn

import psutil
import uvloop

from deploy.bench import cpu
from deploy.bench.program import opened as load
from deploy.bench.requests import PATH, packed, whole
from deploy.bench.stage import LINE, TENANT, Crew, Stage, opened
from deploy.drill import groups
from deploy.drill.stores import Stores
from deploy.local.services import NAMES
from libs.common import clock, telemetry

STATE = Path(".local/soak")
CHUNK = 30
"""Seconds of load made ready at once: signatures are good for five minutes."""

ANSWERED_AFTER = 2
"""Seconds between the events of a call."""

PATIENCE = 120.0
GROWTH = 1.15
SLACK_MB = 8.0
SLACK_FILES = 8.0
MOST_BEHIND = 5.0
"""Seconds of load that the groups may be behind."""

KNOWN = 2_000


@dataclass
class Seen:
    """What was seen: samples of (MB, files) by process, of the lag; answers by status."""

    held: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    behind: list[int] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)
    calls: int = 0
    p99: list[float] = field(default_factory=list)


def main() -> int:
    """Returns 0 where all is flat and all accepted calls have their effects, else 1."""
    options = _options()
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGINT, interrupt)
    faults = uvloop.run(_run(options.minutes * 60 // CHUNK, options.rate))
    for fault in faults:
        say(f"RED: {fault}")
    say("red" if faults else "green: accepted = effects; memory, files and lag are flat")
    return bool(faults)


_BEGAN = monotonic()


def interrupt(*_: object) -> NoReturn:
    """Ends the run as Ctrl-C does, so that all that was started is stopped."""
    raise KeyboardInterrupt


def say(text: str) -> None:
    """One line, with the seconds since the start."""
    print(f"{monotonic() - _BEGAN:6.1f} s  {text}", flush=True)


async def _run(chunks: int, rate: int) -> list[str]:
    telemetry.setup("soak", level="WARNING", spans_file=None, otlp_endpoint=None)
    seen = Seen()
    async with opened(STATE, say) as stage:
        await stage.tenant(TENANT, LINE)
        await stage.fill(KNOWN)
        with stage.crew(*NAMES) as crew:
            watched = _watched(stage, crew)
            before = _spent(watched)
            for number in range(chunks):
                await _chunk(stage, crew, seen, rate)
                await _sample(stage, watched, seen)
                if number % 2 == 0:
                    say(_line(seen))
            await _settled(stage)
            effects = await _effects(stage)
            say(_cost(before, _spent(watched), seen.calls))
    say(f"{seen.calls} calls, answers {seen.answers}, {effects[0]} cards, {effects[1]} ended")
    return [*_faults(seen, rate), *_missing(seen, effects)]


async def _chunk(stage: Stage, crew: Crew, seen: Seen, rate: int) -> None:
    count = rate * CHUNK
    pool = stage.files.state / "calls.bin"
    made = whole(count, LINE, stage.signer, clock.now(), rate * ANSWERED_AFTER)
    pool.write_bytes(packed(made))
    url = crew.addresses["ingest"].url + PATH
    loaded = await load(stage.program, url, pool, 3 * rate)
    seen.calls += count
    seen.p99.append(loaded.p99)
    for status, times in loaded.answers.items():
        seen.answers[status] = seen.answers.get(status, 0) + times


def _watched(stage: Stage, crew: Crew) -> dict[str, psutil.Process]:
    pids = {name: process.pid for name, process in crew.processes.items()}
    pids |= {server.name: server.pid for server in stage.servers}
    return {name: psutil.Process(pid) for name, pid in pids.items()}


def _spent(watched: dict[str, psutil.Process]) -> dict[str, float]:
    return {name: cpu.seconds([process.pid]) for name, process in watched.items()}


def _cost(before: dict[str, float], after: dict[str, float], calls: int) -> str:
    each = {name: (after[name] - before[name]) / calls * 1000 for name in before}
    told = ", ".join(f"{name} {ms:.1f}" for name, ms in each.items())
    return f"CPU per call, ms: {told}; together {sum(each.values()):.1f}"


async def _sample(stage: Stage, watched: dict[str, psutil.Process], seen: Seen) -> None:
    for name, process in watched.items():
        held = process.memory_info().rss / 1e6, process.num_fds()
        seen.held.setdefault(name, []).append(held)
    seen.behind.append(sum((await groups.lag(stage.kafka_url)).values()))


def _line(seen: Seen) -> str:
    held = ", ".join(f"{n} {s[-1][0]:.0f} MB {s[-1][1]} files" for n, s in seen.held.items())
    return f"{seen.calls} calls, behind {seen.behind[-1]}, p99 {seen.p99[-1]:.0f} ms; {held}"


async def _settled(stage: Stage) -> None:
    async with Stores(stage.mongo_url) as stores, asyncio.timeout(PATIENCE):
        while sum((await groups.lag(stage.kafka_url)).values()) or await stores.unsent():
            await asyncio.sleep(1.0)


async def _effects(stage: Stage) -> tuple[int, int]:
    async with Stores(stage.mongo_url) as stores:
        return await stores.finished(TENANT)


def _missing(seen: Seen, effects: tuple[int, int]) -> list[str]:
    faults = [] if set(seen.answers) == {"200"} else [f"answers other than 200: {seen.answers}"]
    for name, count in zip(("matched cards", "ended calls"), effects, strict=True):
        if count != seen.calls:
            faults.append(f"{count} {name} of {seen.calls} calls")
    return faults


def _faults(seen: Seen, rate: int) -> list[str]:
    """Compares the third quarter with the last: before, caches fill, and the gateway's minutes.

    The memory of the servers is theirs: a heap and a cache of a set size, that fill.
    """
    faults = []
    for name, samples in seen.held.items():
        limits = [("files", 1, SLACK_FILES)]
        limits += [("MB", 0, SLACK_MB)] if name in NAMES else []
        for what, place, slack in limits:
            early, late = _quarters([sample[place] for sample in samples])
            if late > early * GROWTH + slack:
                faults.append(f"{name} grew from {early:.0f} to {late:.0f} {what}")
    most = max(seen.behind)
    if most > MOST_BEHIND * 3 * rate:
        faults.append(f"the groups were {most} records behind")
    return faults


def _quarters(values: Sequence[float]) -> tuple[float, float]:
    size = max(1, len(values) // 4)
    return mean(values[-2 * size : -size] or values[:1]), mean(values[-size:])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("deploy.drill.soak", description="A steady load.")
    parser.add_argument("--minutes", type=int, default=10)
    parser.add_argument("--rate", type=int, default=200, help="calls per second, three events each")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
