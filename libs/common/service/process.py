"""A service as a process of its own."""

import asyncio
import signal
from typing import Any

from libs.common import clock, telemetry
from libs.common.service.declared import Service
from libs.common.service.running import Running


def run(service: Service[Any]) -> None:
    """The process of a service, from `python -m` to SIGTERM."""
    import uvloop

    uvloop.run(_run(service))


async def _run(service: Service[Any]) -> None:
    settings = service.settings
    clock.follow(settings.clock_file)
    telemetry.setup(
        service.name,
        level=settings.log_level,
        spans_file=settings.spans_file,
        otlp_endpoint=settings.otlp_endpoint,
    )
    running = Running(service)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, running.stopping.set)
    try:
        await running.run()
    finally:
        telemetry.shutdown()
