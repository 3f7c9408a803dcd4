"""`python -m deploy.bench [--only NAME …] [--rounds 3] [--write]`."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import NoReturn

import uvloop

from deploy.bench import bus, erasure, forgetting, imports, ingest, lookup, ring, sealing
from deploy.bench.conditions import conditions
from deploy.bench.figures import Row
from deploy.bench.program import toolchain
from deploy.bench.stage import Stage, opened
from deploy.bench.table import replaced, section, table
from deploy.local.server import StartError
from libs.common import telemetry

STATE = Path(".local/bench")
PAGE = Path("docs/performance.md")
_BEGAN = monotonic()


@dataclass(frozen=True)
class Benchmark:
    """What is measured, and the seconds after which it is given up: some half an hour in all."""

    measure: Callable[[Stage, int], Awaitable[list[Row]]]
    seconds: float


# In this order: ingest leaves a backlog on calls.v1 that a later matcher would work off.
BENCHMARKS = {
    "ring": Benchmark(ring.measure, 240),
    "import": Benchmark(imports.measure, 300),
    "lookup": Benchmark(lookup.measure, 300),
    "erasure": Benchmark(erasure.measure, 180),
    "forgetting": Benchmark(forgetting.measure, 600),
    "bus": Benchmark(bus.measure, 60),
    "sealing": Benchmark(sealing.measure, 150),
    "ingest": Benchmark(ingest.measure, 120),
}


def main() -> int:
    """Returns the exit status: 0 measured, 1 failed. A goal that is not reached is no failure."""
    options = _options()
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, _interrupt)
    names = [name for name in BENCHMARKS if name in (options.only or BENCHMARKS)]
    try:
        return uvloop.run(_run(names, options.rounds, options.write))
    except StartError as error:
        say(f"FAILED: {error}")
        return 1
    except KeyboardInterrupt:
        return 130


async def _run(names: Sequence[str], rounds: int, write: bool) -> int:
    failed = 0
    telemetry.setup("bench", level="WARNING", spans_file=None, otlp_endpoint=None)
    async with opened(STATE, say) as stage:
        for name in names:
            try:
                await _measure(stage, name, rounds, write)
            except (StartError, TimeoutError, ValueError) as error:
                failed = 1  # the others are measured all the same
                say(f"FAILED: {name}: {str(error) or type(error).__name__}")
    return failed


async def _measure(stage: Stage, name: str, rounds: int, write: bool) -> None:
    told = conditions(toolchain())
    say(f"== {name}: {'; '.join(told)}")
    async with asyncio.timeout(BENCHMARKS[name].seconds):
        rows = await BENCHMARKS[name].measure(stage, rounds)
    print(table(rows), flush=True)
    if write:
        command = f"python -m deploy.bench --only {name} --rounds {rounds}"
        page = PAGE.read_text()
        PAGE.write_text(replaced(page, name, section(name, command, told, rows)))


def say(text: str) -> None:
    """One line, with the seconds since the start."""
    print(f"{monotonic() - _BEGAN:6.1f} s  {text}", flush=True)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("deploy.bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=BENCHMARKS, help="may be repeated")
    parser.add_argument("--rounds", type=int, default=3, choices=range(1, 11), metavar="N")
    parser.add_argument("--write", action="store_true", help=f"writes the sections of {PAGE}")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
