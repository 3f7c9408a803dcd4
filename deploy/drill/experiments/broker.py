"""4, 6: the broker is away for long; the broker is killed."""

import asyncio
import time
from statistics import quantiles

from deploy.drill.evidence import Evidence
from deploy.drill.experiment import Check, Drill, Experiment
from deploy.drill.poster import Load

SLOWEST_P99 = 1.5


def kill(times: int) -> Experiment:
    """Kills the broker and starts it again at once."""

    async def act(drill: Drill) -> None:
        for _ in range(times):
            await drill.pause(3.0, 5.0)
            await drill.kill_server(drill.world.kafka)
            await drill.pause(4.0, 6.0)

    return Experiment(
        "6",
        f"kill -9 broker x{times}",
        act,
        load=Load(rate=15.0),
        needs=("kills", "spooled"),
        patience=120.0,
    )


def outage(seconds: float, rate: float) -> Experiment:
    """The broker is stopped for so long. Every webhook must be answered 200 meanwhile."""
    window: list[float] = []

    async def act(drill: Drill) -> None:
        await drill.pause(3.0)
        window.append(time.time())
        await asyncio.to_thread(drill.world.kafka.stop)
        await drill.pause(seconds)
        window.append(time.time())
        drill.mark()
        await asyncio.to_thread(drill.world.kafka.start)
        await drill.pause(5.0)

    return Experiment(
        "4",
        f"Kafka away for {seconds:.0f} s",
        act,
        check=_answered(window),
        load=Load(rate=rate),
        needs=("spooled",),
        patience=120.0,
    )


def _answered(window: list[float]) -> Check:
    def check(drill: Drill, found: Evidence) -> None:
        began, ended = window
        meanwhile = [a for a in found.posted if began < a.began and a.at < ended]
        statuses = {a.status for a in meanwhile}
        p99 = quantiles((a.at - a.began for a in meanwhile), n=100)[98]
        drill.counts["answered meanwhile"] = len(meanwhile)
        drill.must(statuses == {200}, f"answered {statuses} while Kafka was away")
        drill.must(p99 < SLOWEST_P99, f"p99 of the answers was {p99:.2f} s")

    return check
