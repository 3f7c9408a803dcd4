"""Time in: consent says every few seconds that it is at work."""

import structlog

from libs.common.events import ConsentHeartbeat
from libs.common.keys import PLATFORM
from libs.common.mongo import Work
from libs.common.service import Job, Running, stops_within
from services.consent.store import Store

AGAIN_SECONDS = 1.0

log = structlog.get_logger()


def beat(every: float) -> Job:
    """Emits a heartbeat at once and then so often (seconds), until the process stops.

    It takes the way of every change, through the outbox: where that is blocked, so is the
    heartbeat. Several replicas that beat are as good as one.
    """

    async def job(running: Running[Store]) -> None:
        done = await _beaten(running)
        while not await stops_within(running.stopping, every if done else AGAIN_SECONDS):
            done = await _beaten(running)

    return job


async def _beaten(running: Running[Store]) -> bool:
    try:
        await running.units.write(running.tenants.get(PLATFORM), _emit)
    except Exception as error:  # noqa: BLE001 - tried again until MongoDB is back
        log.warning("heartbeat.waits", error=type(error).__name__)
        return False
    return True


async def _emit(_: Store, work: Work) -> None:
    work.emit(ConsentHeartbeat(at=work.now))
