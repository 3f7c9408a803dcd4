"""1: no fault but those that every experiment has. The same records twice on the topic."""

from deploy.drill import log
from deploy.drill.experiment import Drill, Experiment
from deploy.drill.raw import Raw

SHARE = 0.1


async def repeat(drill: Drill) -> None:
    """Puts a share of the records onto the topic once more, byte for byte."""
    records = await log.read(drill.world.kafka.url, ("calls.v1",))
    again = [record for record in records if drill.rng.random() < SHARE]
    async with Raw(drill) as raw:
        for record in again:
            await raw.send("calls.v1", record.key, record.value, record.headers)


BASELINE = Experiment("1", "no fault", afterwards=repeat, needs=("absorbed",))
