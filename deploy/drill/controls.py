"""Negative controls: the platform with a defect, under a drill that must go red.

A drill that stays green here would stay green over a real defect as well.
"""

import asyncio

from deploy.drill.experiment import USUAL, Drill, Experiment
from deploy.drill.experiments import erasure, killed, tenants, texts
from deploy.drill.fleet import Setup
from deploy.drill.poster import Load

VERY_SLOW = {"slow": 3.0}
AFTER_THE_COMMIT = (5.3, 6.5)
"""The default policy commits every five seconds what was read, handled or not."""

SLOW = {"slow": 0.12, "fail": 0.05}


async def _twins(drill: Drill) -> None:
    await tenants.twins_on_the_topic(drill)


NO_INBOX = Experiment(
    "C2",
    "control: no inbox",
    killed.killing(2, "matcher", "insights"),
    setups={name: Setup(SLOW, "no_inbox") for name in ("matcher", "insights")},
    needs=("cut off", "redelivered"),
    control=True,
)
ACKNOWLEDGED_FIRST = Experiment(
    "C1",
    "control: FastStream's default policy",
    killed.killing(4, "matcher", after=AFTER_THE_COMMIT),
    setups={"matcher": Setup(VERY_SLOW, "acknowledged_first"), "insights": Setup(SLOW)},
    needs=("cut off",),
    control=True,
)
NO_TENANT = Experiment(
    "C3",
    "control: inbox key without the tenant",
    afterwards=_twins,
    setups={name: Setup(SLOW, "inbox_without_tenant") for name in ("matcher", "insights")},
    needs=("twins",),
    control=True,
)


async def _killed_with_kafka_down(drill: Drill) -> None:
    """The door is killed while an event waits for Kafka."""
    for _ in range(2):
        await drill.pause(3.0)
        await asyncio.to_thread(drill.world.kafka.kill)
        await drill.pause(0.6)
        await drill.kill("ingest")
        await asyncio.to_thread(drill.world.kafka.start)
        await drill.start("ingest")


async def _dies_with_unsent_rows(drill: Drill) -> None:
    await drill.pause(3.0)
    await drill.crash("matcher", "unit.committed", hit=3)


EARLY_ANSWER = Experiment(
    "C4",
    "control: 200 before the ack",
    _killed_with_kafka_down,
    setups={**USUAL, "ingest": Setup(broken="answer_before_ack")},
    needs=("kills",),
    control=True,
)
NO_POLL = Experiment(
    "C5",
    "control: relay without the poll",
    _dies_with_unsent_rows,
    setups={**USUAL, "matcher": Setup(SLOW, "no_poll")},
    needs=("crashes",),
    patience=20.0,
    control=True,
)

RETRIED = Experiment(
    "C6",
    "control: a text without an answer is sent again",
    texts.texting(150),
    load=Load(webhooks=60, rate=1.0),
    setups={"messaging": Setup(broken="retry_unknown", environment=texts.FAST)},
    needs=("texts",),
    control=True,
)

FORGETFUL = erasure.undisturbed(
    500,
    number="C7",
    title="control: insights says that it has erased, and has not",
    setups={**USUAL, "insights": Setup(SLOW, "forgets_to_erase")},
    needs=("erased",),
    control=True,
)

SHORT = (NO_INBOX,)
WHOLE = (ACKNOWLEDGED_FIRST, NO_INBOX, NO_TENANT, EARLY_ANSWER, NO_POLL, RETRIED, FORGETFUL)
