"""Runs one experiment: arranges, loads, breaks, heals, waits, counts."""

import asyncio
import time
from dataclasses import dataclass, field

from deploy.drill import journal
from deploy.drill.evidence import Evidence, Place, Where, gather, parked_before
from deploy.drill.experiment import Act, Drill, Experiment
from deploy.drill.ledger import Verdict, first_accepted, settle
from deploy.drill.metrics import Metrics
from deploy.drill.poster import Poster
from deploy.drill.quiet import quiet
from deploy.drill.traffic import stream
from deploy.drill.world import World
from deploy.local.services import NAMES

NEVER = float("inf")


@dataclass
class Result:
    """What an experiment has shown."""

    experiment: Experiment
    seed: int
    verdict: Verdict = field(default_factory=Verdict)
    counts: dict[str, int] = field(default_factory=dict)
    recovery: float | None = None
    seconds: float = 0.0
    quiet: bool = True

    @property
    def missing(self) -> list[str]:
        """The counts without which nothing is shown."""
        return [name for name in self.experiment.needs if not self.counts.get(name)]

    @property
    def outcome(self) -> str:
        """green, red or inconclusive; a control is green where its drill went red."""
        if self.experiment.control:
            verdict = self.verdict
            return "green" if verdict.lost or verdict.doubled or verdict.left else "red"
        if self.verdict.red:
            return "red"
        return "inconclusive" if self.missing else "green"


async def perform(world: World, experiment: Experiment, seed: int) -> Result:
    """Carries out one experiment on a platform that is at rest."""
    began = time.monotonic()
    await asyncio.to_thread(world.fleet.arrange, dict(experiment.setups))
    record = world.state / f"posted-{experiment.number}-{seed}.jsonl"
    record.unlink(missing_ok=True)
    before = await parked_before(world.mongod.url)
    drill = Drill(world, Poster(world.webhook_url, world.signer(), record), seed)
    try:
        async with Metrics(world.fleet) as metrics:
            still = await _carry_out(drill, experiment)
    finally:
        await drill.poster.close()
    drill.counts.update(metrics.counts())
    found = await gather(_where(drill))
    found.forget(before)
    result = _result(drill, experiment, found)
    if still:
        result.quiet = False
        result.verdict.faults.append(f"not quiet after {experiment.patience:.0f} s: {still}")
    result.seconds = time.monotonic() - began
    return result


async def _carry_out(drill: Drill, experiment: Experiment) -> str:
    """Returns what is still on its way at the end."""
    await _under_load(drill, experiment)
    await drill.poster.post_again()
    still = await quiet(drill.world, experiment.patience)
    if experiment.afterwards and not still:
        await _act(drill, experiment.afterwards)
        await asyncio.to_thread(heal, drill.world)
        still = await quiet(drill.world, experiment.patience)
    return still


async def _under_load(drill: Drill, experiment: Experiment) -> None:
    """Posts and breaks side by side, then puts right what is still broken."""
    load = experiment.load
    acting = asyncio.ensure_future(_act(drill, experiment.act))
    webhooks = stream(drill.seed, drill.world.lines, load.poisoned)
    try:
        await drill.poster.run(webhooks, load, acting.done)
        await acting
    finally:
        acting.cancel()
        await asyncio.to_thread(heal, drill.world)


async def _act(drill: Drill, act: Act) -> None:
    try:
        await act(drill)
    except Exception as error:  # noqa: BLE001 - the count that follows is worth having
        drill.faults.append(f"not carried out: {type(error).__name__}: {error}")


def heal(world: World) -> None:
    """Starts again what does not run, servers first."""
    for server in (world.kafka, world.mongod):
        if not server.alive():
            server.start()
    world.fleet.start(*(name for name in NAMES if not world.fleet.alive(name)))


def _where(drill: Drill) -> Where:
    world = drill.world
    return Where(
        world.kafka.url,
        world.mongod.url,
        drill.poster.record,
        world.fleet.journal,
        tuple(world.tenants),
        drill.since,
    )


def _result(drill: Drill, experiment: Experiment, found: Evidence) -> Result:
    counts = drill.counts
    counts["cut off"] += journal.cut_off(found.steps, drill.killed)
    counts["redelivered"] += journal.redelivered(found.steps)
    counts["overlaps"] += journal.overlaps(found.steps)
    found.leave_out(experiment.ahead)
    verdict = settle(found, drill.poisoned, ordered=experiment.ordered)
    counts["stale cards"] += verdict.stale
    if experiment.check:
        experiment.check(drill, found)
    verdict.faults += drill.faults
    verdict.lost += drill.lost
    verdict.doubled += drill.doubled
    verdict.left = counts["found again"] = len(drill.left)
    return Result(experiment, drill.seed, verdict, dict(+counts), recovery(drill.moments, found))


def recovery(moments: list[float], found: Evidence) -> float | None:
    """The longest time from a fault to the first card of a call that was accepted after it."""
    shown: dict[Place, float] = {}
    for place, events in found.by_session("insights.v1").items():
        known = (s.event.time.timestamp() for s in events if s.event.data["version"] == 2)
        shown[place] = min(known, default=NEVER)
    rings = [
        (answer.at, shown.get((str(answer.tenant), str(answer.session)), NEVER))
        for answer in first_accepted(found.posted).values()
        if answer.kind == "call.initiated"
    ]
    spans = [
        min((card for at, card in rings if at > moment), default=NEVER) - moment
        for moment in moments
    ]
    return max((span for span in spans if span < NEVER), default=None)
