"""10, 23: processes of a group come and go; a group is set back to the beginning."""

from deploy.drill import journal
from deploy.drill.evidence import Evidence
from deploy.drill.experiment import Drill, Experiment
from deploy.drill.poster import Load
from libs.common.bus.rewinding import rewind

MORE = ("matcher#2", "matcher#3")
REWOUND = ("matcher", "insights")


def rebalance(times: int) -> Experiment:
    """One matcher becomes three and one again, while records are in hand."""

    async def act(drill: Drill) -> None:
        for _ in range(times):
            await drill.pause(2.0, 3.0)
            drill.mark()
            await drill.start(*MORE)
            await drill.pause(5.0, 7.0)
            drill.mark()
            await drill.stop(*MORE)
            await drill.pause(2.0, 3.0)
            drill.counts["rebalances"] += 2

    return Experiment(
        "10",
        f"matcher 1-3-1 x{times}",
        act,
        check=_shared,
        load=Load(rate=15.0),
        needs=("rebalances", "members"),
    )


def _shared(drill: Drill, found: Evidence) -> None:
    """All must have had work, and no record may be in two hands at once."""
    members = {step.pid for step in found.steps if step.service == "matcher"}
    drill.counts["members"] = len(members) if len(members) >= 1 + len(MORE) else 0
    twice = journal.overlaps(found.steps)
    drill.must(twice == 0, f"{twice} records were in the hands of two processes at once")


async def _rewind(drill: Drill) -> None:
    drill.mark()
    await drill.stop(*REWOUND)
    for group in REWOUND:
        drill.counts["rewound"] += await rewind(drill.world.kafka.url, group)
    await drill.start(*REWOUND)


def _all_absorbed(drill: Drill, _: Evidence) -> None:
    rewound, absorbed = drill.counts["rewound"], drill.counts["absorbed"]
    drill.must(absorbed > rewound // 2, f"of {rewound} records only {absorbed} were absorbed")


REPLAY = Experiment(
    "23",
    "groups set back to offset 0",
    afterwards=_rewind,
    check=_all_absorbed,
    needs=("rewound", "absorbed"),
    patience=300.0,  # after an hour of drills there is an hour of records to absorb
)
