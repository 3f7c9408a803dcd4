"""Jobs that measure what stands in a store: for alerts, and for who asks how it is."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog

from libs.common.service.declared import Job
from libs.common.service.stopping import stops_within

EVERY_SECONDS: Final = 15.0

log = structlog.get_logger()


def measuring(measure: Callable[[Any], Awaitable[None]], every: float = EVERY_SECONDS) -> Job:
    """The job that calls it with the Running, so often (seconds) until the process stops.

    Every replica measures the same: the greatest value counts.
    """

    async def job(running: Any) -> None:
        while True:
            try:
                await measure(running)
            except Exception as error:  # noqa: BLE001 - the next time tells
                log.warning("measuring.waits", error=type(error).__name__)
            if await stops_within(running.stopping, every):
                return

    return job
