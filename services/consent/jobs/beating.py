"""Time in: consent says every few seconds that it is at work."""

from functools import partial
from itertools import count

import structlog

from libs.common import clock
from libs.common.events import ConsentHeartbeat
from libs.common.keys import PLATFORM
from libs.common.mongo import Work
from libs.common.service import Job, Running, stops_within
from services.consent.store import Store

AGAIN_SECONDS = 1.0

log = structlog.get_logger()


def beat(every: float) -> Job:
    """Emits heartbeats at once and then so often (seconds), until the process stops.

    They take the ways of every change, through the outbox and in each lane of the topic: where
    one is blocked, so is its heartbeat. Several replicas that beat are as good as one.
    """

    async def job(running: Running[Store]) -> None:
        done = await _beaten(running)
        while not await stops_within(running.stopping, every if done else AGAIN_SECONDS):
            done = await _beaten(running)

    return job


async def _beaten(running: Running[Store]) -> bool:
    at, topic = clock.now(), ConsentHeartbeat.TOPIC
    every = (ConsentHeartbeat(at=at, lane=lane) for lane in count())
    try:
        beats = await running.producer.spread(topic, PLATFORM, every)
        await running.units.write(running.tenants.get(PLATFORM), partial(_emit, beats))
    except Exception as error:  # noqa: BLE001 - tried again until Kafka and MongoDB are back
        log.warning("heartbeat.waits", error=type(error).__name__)
        return False
    return True


async def _emit(beats: list[ConsentHeartbeat], _: Store, work: Work) -> None:
    for beat in beats:
        work.emit(beat)
