"""ingest against a Go program that verifies, parses, selects and produces the same."""

import json
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from deploy.bench import cpu
from deploy.bench.figures import Goal, Row
from deploy.bench.likeness import FLOOR_TOPIC, Known, check_same
from deploy.bench.program import ONE_CORE, Loaded, closed
from deploy.bench.requests import PATH, packed, rings
from deploy.bench.stage import LINE, TENANT, Crew, Stage
from deploy.local.process import wait_for
from libs.common import clock

SECONDS = 2.5
POOL = 30_000
"""More than the floor takes in that time, so that no id comes twice by accident."""

_GOALS = {
    64: (Goal("at least", 0.6), Goal("at most", 3)),
    256: (None, Goal("at most", 4)),
}


@dataclass
class Target:
    """One process under load, and what was seen of it by rounds."""

    name: str
    url: str
    pid: int
    seen: list[Loaded] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)

    async def load(self, stage: Stage, pool: Path, connections: int) -> None:
        """One round."""
        before = cpu.seconds([self.pid])
        seen = await closed(stage.program, self.url, pool, connections, SECONDS)
        spent = (cpu.seconds([self.pid]) - before) / seen.seconds / seen.rate * 1e6
        self.seen.append(seen)
        self.cpu_us.append(spent)
        stage.say(
            f"{self.name} at {connections}: {seen.rate:,.0f}/s, p50 {seen.p50:.1f} ms, "
            f"p99 {seen.p99:.1f} ms, {spent:.0f} µs of CPU each; loader {seen.cores:.2f} cores"
        )

    def afresh(self) -> "Target":
        """The same process with nothing seen yet."""
        return Target(self.name, self.url, self.pid)


async def measure(stage: Stage, rounds: int) -> list[Row]:
    """All rows; floor and ours take turns."""
    known = Known(stage, await stage.tenant(TENANT, LINE))
    await stage.topic(FLOOR_TOPIC)
    await check_same(known, rings(200, LINE, stage.signer, clock.now()))
    stage.say("the floor makes the same key and value of 200 webhooks")
    with _floor(known) as floor, stage.crew("ingest") as crew:
        ours = _ours("ingest", crew)
        await _take_turns(stage, (floor.afresh(), ours.afresh()), 64, 1)  # warms the broker up
        rows = []
        for connections in _GOALS:
            rows += await _against_floor(stage, (floor, ours), connections, rounds)
        rows.append(await _repeated(stage, ours, rounds))
        spooled = await _spooled(crew)
    with stage.crew("ingest") as crew, stage.crew() as other:
        other.start_instead("ingest", "deploy.bench.forgetful")
        sides = _ours("without memory", other), _ours("with memory", crew)
        rows.append(await _memory(stage, sides, rounds))
    stage.say(f"{spooled:,.0f} events went through the spool")
    return rows


async def _take_turns(
    stage: Stage, sides: tuple[Target, Target], connections: int, rounds: int
) -> None:
    for _ in range(rounds):
        pool = _pool(stage, POOL)
        for side in sides:
            await side.load(stage, pool, connections)


async def _against_floor(
    stage: Stage, sides: tuple[Target, Target], connections: int, rounds: int
) -> list[Row]:
    floor, ours = (side.afresh() for side in sides)
    await _take_turns(stage, (floor, ours), connections, rounds)
    rate, p99 = _GOALS[connections]
    at = f"at {connections} connections"
    return [
        _rates(f"ingest {at}", floor, ours, rate),
        Row(f"CPU per request {at}", "µs", tuple(floor.cpu_us), tuple(ours.cpu_us)),
        _times(f"p50 {at}", [[one.p50 for one in side.seen] for side in (floor, ours)], None),
        _times(f"p99 {at}", [[one.p99 for one in side.seen] for side in (floor, ours)], p99),
    ]


async def _repeated(stage: Stage, ours: Target, rounds: int) -> Row:
    """Distinct ids, then the same ids again: these end at the door."""
    fresh, again = ours.afresh(), ours.afresh()
    for _ in range(rounds):
        pool = _pool(stage, POOL // 20)
        for side in (fresh, again):
            await side.load(stage, pool, 64)
    return _rates("repeated ids, against distinct ones", fresh, again, None)


async def _memory(stage: Stage, sides: tuple[Target, Target], rounds: int) -> Row:
    """Distinct ids, on a process without memory and on one with it."""
    await _take_turns(stage, sides, 64, rounds)
    return _rates("de-duplication on, against off", *sides, Goal("at least", 0.9))


async def _spooled(crew: Crew) -> float:
    async with httpx.AsyncClient(trust_env=False) as http:
        told = await http.get(f"{crew.addresses['ingest'].admin}/metrics")
    found = text_string_to_metric_families(told.text)
    return next(s.value for f in found for s in f.samples if s.name == "spooled_total")


def _pool(stage: Stage, size: int) -> Path:
    path = stage.files.state / "requests.bin"
    path.write_bytes(packed(rings(size, LINE, stage.signer, clock.now())))
    return path


def _ours(name: str, crew: Crew) -> Target:
    return Target(name, crew.addresses["ingest"].url + PATH, crew.processes["ingest"].pid)


@contextmanager
def _floor(known: Known) -> Iterator[Target]:
    """The Go program at work."""
    config = known.config()
    listen = json.loads(config.read_text())["listen"]
    command = [str(known.stage.program), "serve", str(config)]
    with known.stage.process("floor", command, "", ONE_CORE) as process:
        wait_for(lambda: _listens(listen) or not process.alive(), 20.0)
        yield Target("floor", f"http://{listen}{PATH}", process.pid)


def _listens(address: str) -> bool:
    host, _, port = address.partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def _rates(name: str, floor: Target, ours: Target, goal: Goal | None) -> Row:
    seen = [tuple(one.rate for one in side.seen) for side in (floor, ours)]
    return Row(name, "requests/s", seen[0], seen[1], goal)


def _times(name: str, sides: Sequence[Sequence[float]], goal: Goal | None) -> Row:
    return Row(name, "ms", tuple(sides[0]), tuple(sides[1]), goal)
