"""16, 17: the relay dies between publishing and forgetting; several relays at once."""

from collections import Counter

from deploy.drill.evidence import Evidence
from deploy.drill.experiment import USUAL, Drill, Experiment
from deploy.drill.fleet import SLOW, Setup
from deploy.drill.poster import Load


def crash(times: int) -> Experiment:
    """Each life of the matcher ends with an event that is published and not yet forgotten."""

    async def act(drill: Drill) -> None:
        fleet = drill.world.fleet
        fleet.setups["matcher"] = Setup({"crash_at": "outbox.published"})
        await drill.stop("matcher")
        for _ in range(times):
            fleet.launch("matcher")
            await drill.crashed("matcher")
        fleet.setups["matcher"] = SLOW
        await drill.start("matcher")

    return Experiment(
        "16",
        f"relay dies after publishing x{times}",
        act,
        check=count_repeated,
        load=Load(rate=2.0),
        needs=("crashes", "sent twice"),
        patience=120.0,
    )


def several() -> Experiment:
    """A slow relay, and two that find its rows: all publish the same, and the slow one late."""
    more = ("matcher#2", "matcher#3", "insights#2")

    async def act(drill: Drill) -> None:
        await drill.start(*more)
        await drill.pause(30.0)
        for name in ("matcher", "insights"):
            await drill.arrange(name, SLOW)
        await drill.start()
        await drill.stop(*more)

    late = Setup({"slow": 0.12, "fail": 0.1, "hold": {"outbox.before_publish": 7.0}})
    return Experiment(
        "17",
        "several relays, one of them late",
        act,
        check=count_repeated,
        load=Load(rate=10.0),
        setups={**USUAL, "matcher": late, "insights": late},
        needs=("sent twice",),
        patience=120.0,
    )


def count_repeated(drill: Drill, found: Evidence) -> None:
    """Events that lie on a topic more than once."""
    for topic in ("matches.v1", "insights.v1"):
        events = Counter(s.event.id for s in found.topics.get(topic, ()))
        drill.counts["sent twice"] += sum(times - 1 for times in events.values())
