"""From the webhook to the second version of the card, against the same hops of raw aiokafka."""

from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field

from deploy.bench import cpu
from deploy.bench.figures import Goal, Row, percentile
from deploy.bench.program import opened
from deploy.bench.raw import hops
from deploy.bench.raw.kafka import Arrivals, watching
from deploy.bench.requests import PATH, packed, rings
from deploy.bench.stage import LINE, TENANT, Stage
from deploy.local.process import free_port
from libs.common import clock
from libs.common.events import InsightProduced

CALLS = {3: 15, 50: 200, 200: 300, 500: 500}
"""Calls per second, and how many."""

KNOWN = 2000
PATIENCE = 20.0
"""Seconds without any arrival after which the rest counts as lost."""

SERVICES = ("ingest", "matcher", "insights")


@dataclass
class Side:
    """Floor or platform: where calls are posted, where cards arrive, what was seen by rate."""

    name: str
    url: str
    arrivals: Arrivals
    pids: Sequence[int]
    p50: dict[int, list[float]] = field(default_factory=dict)
    p99: dict[int, list[float]] = field(default_factory=dict)
    sent: dict[int, int] = field(default_factory=dict)
    lost: dict[int, int] = field(default_factory=dict)
    cpu_ms: dict[int, list[float]] = field(default_factory=dict)

    async def ring(self, stage: Stage, rate: int, count: int) -> list[float]:
        """Milliseconds from when each call was due to its card; lost ones are left out."""
        calls = rings(count, LINE, stage.signer, clock.now())
        pool = stage.files.state / f"{self.name}.bin"
        pool.write_bytes(packed(calls))
        seen = await opened(stage.program, self.url, pool, rate)
        if set(seen.answers) != {"200"}:
            raise ValueError(f"{self.name} did not take every call: {seen.answers}")
        arrived = await self.arrivals.all_of({call.session_id for call in calls}, PATIENCE)
        due = zip(calls, seen.sent_ns, strict=True)
        return [
            (self.arrivals.at[call.session_id] - at) / 1e6
            for call, at in due
            if call.session_id in arrived
        ]

    async def measure(self, stage: Stage, rate: int, count: int) -> None:
        """One round at one rate."""
        before = cpu.seconds(self.pids)
        took = await self.ring(stage, rate, count)
        spent = (cpu.seconds(self.pids) - before) * 1000 / count
        self.cpu_ms.setdefault(rate, []).append(spent)
        self.p50.setdefault(rate, []).append(percentile(took, 50))
        self.p99.setdefault(rate, []).append(percentile(took, 99))
        self.sent[rate] = self.sent.get(rate, 0) + count
        self.lost[rate] = self.lost.get(rate, 0) + count - len(took)
        stage.say(
            f"{self.name} at {rate}/s: p50 {self.p50[rate][-1]:.1f} ms, "
            f"p99 {self.p99[rate][-1]:.1f} ms, {len(took)} of {count} arrived, "
            f"{spent:.1f} ms of CPU per call"
        )


async def measure(stage: Stage, rounds: int) -> list[Row]:
    """All rows; floor and platform take turns."""
    await stage.tenant(TENANT, LINE)
    await stage.topic(*hops.TOPICS)
    await stage.fill(KNOWN)
    async with _sides(stage) as (floor, ours):
        for side in (floor, ours):
            await side.ring(stage, 50, 50)  # the first calls open connections
        for _ in range(rounds):
            for rate, count in CALLS.items():
                await floor.measure(stage, rate, count)
                await ours.measure(stage, rate, count)
    return rows(floor, ours)


def rows(floor: Side, ours: Side) -> list[Row]:
    """What the two sides saw, with the goals."""
    goals = {
        3: (Goal("at most", 1.3), Goal("at most", 1.3)),
        50: (Goal("at most", 1.5), Goal("at most", 2)),
    }
    made = []
    for rate in CALLS:
        p50, p99 = goals.get(rate, (None, None))
        made.append(_row(f"p50 at {rate}/s", floor.p50[rate], ours.p50[rate], p50))
        made.append(_row(f"p99 at {rate}/s", floor.p99[rate], ours.p99[rate], p99))
    for rate in (200, 500):
        name = f"p99 at {rate}/s, against our own at 50/s"
        made.append(_row(name, ours.p99[50], ours.p99[rate], Goal("at most", 10)))
    made.append(_row("CPU per call at 500/s", floor.cpu_ms[500], ours.cpu_ms[500], None))
    sent, lost = sum(ours.sent.values()), sum(ours.lost.values())
    every = Goal("at least", 1)
    return [*made, Row("cards, against calls", "", (float(sent),), (float(sent - lost),), every)]


def _row(name: str, floor: Sequence[float], ours: Sequence[float], goal: Goal | None) -> Row:
    return Row(name, "ms", tuple(floor), tuple(ours), goal)


@asynccontextmanager
async def _sides(stage: Stage) -> AsyncIterator[tuple[Side, Side]]:
    with ExitStack() as processes:
        crew = processes.enter_context(stage.crew(*SERVICES))
        port, raw = free_port(), []
        for hop in hops.HOPS:
            command = hops.command(hop, _told(stage, port))
            started = stage.process(f"floor-{hop}", command, hops.READY, {})
            raw.append(processes.enter_context(started).pid)
        own = [process.pid for process in crew.processes.values()]
        async with (
            watching(stage.kafka_url, hops.TOPICS[-1]) as cards,
            watching(stage.kafka_url, InsightProduced.TOPIC) as ours,
        ):
            yield (
                Side("floor", f"http://127.0.0.1:{port}{PATH}", cards, raw),
                Side("platform", crew.addresses["ingest"].url + PATH, ours, own),
            )


def _told(stage: Stage, port: int) -> hops.Json:
    return {
        "kafka": stage.kafka_url,
        "mongo": stage.mongo_url,
        "port": port,
        "collection": f"customers__{TENANT}",
        "lookup_key": stage.lookup_key(TENANT).hex(),
    }
