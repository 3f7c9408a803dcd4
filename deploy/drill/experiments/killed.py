"""8: services are killed in the middle of their work, by chance and at each named point."""

import json

from deploy.drill import faults, journal
from deploy.drill.experiment import Act, Drill, Experiment
from deploy.drill.experiments import tenants
from deploy.drill.poster import Load
from deploy.drill.raw import Raw

POINTS = (
    faults.TAKING,
    "handler.before",
    "handler.after",
    "unit.before_commit",
    "unit.committed",
    "outbox.before_publish",
    "outbox.published",
    "dispatch.after",
    "consumer.before_ack",
    "parking.before",
    "parking.after",
)

MORE = 3


def kill(times: int, *names: str) -> Experiment:
    """Kills the services in turn, at random moments."""
    return Experiment(
        "8",
        f"kill -9 {', '.join(names)} x{times}",
        killing(times, *names),
        afterwards=tenants.foreign_ids,
        load=Load(rate=10.0),
        needs=("kills", "cut off", "redelivered"),
    )


def killing(times: int, *names: str, after: tuple[float, float] = (2.0, 4.0)) -> Act:
    """The fault of it: each life lasts between so many seconds.

    Where chance hit no handler at work, it goes on until one was hit, for `MORE` times as long.
    """

    async def act(drill: Drill) -> None:
        for number in range(times * MORE):
            if number >= times and _hit(drill):
                break
            name = names[number % len(names)]
            await drill.pause(*after)
            await drill.kill(name)
            await drill.start(name)

    return act


def _hit(drill: Drill) -> bool:
    return journal.cut_off(journal.read(drill.world.fleet.journal, drill.since), drill.killed) > 0


def at_points(*names: str) -> Experiment:
    """Each service dies once at each point."""

    async def act(drill: Drill) -> None:
        for point in POINTS:
            for name in names:
                lure = _poison if point.startswith("parking") else None
                try:
                    await drill.crash(name, point, drill.rng.randint(1, 4), lure)
                except TimeoutError:
                    drill.faults.append(f"{name} never came to {point}")

    return Experiment(
        "8p",
        f"{', '.join(names)} crash at {len(POINTS)} points",
        act,
        load=Load(rate=5.0),
        needs=("crashes", "redelivered", "absorbed"),
    )


async def _poison(drill: Drill) -> None:
    """Enough of it for the point to be reached."""
    async with Raw(drill) as raw:
        for number in range(6):
            await raw.poison("calls.v1", b"drill:%d" % number, json.dumps({"no": "event"}).encode())
        await raw.expect_parked("calls.v1", "matcher", "insights")
