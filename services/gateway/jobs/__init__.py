"""Time in: screens are shown what happens, usage is written down, apps get what they are owed."""

from typing import Any

from libs.common.service import Job, Running
from services.gateway.clients import Poster
from services.gateway.jobs.delivering import Delivering
from services.gateway.jobs.showing import SHOWN, forget, moment_of, show
from services.gateway.jobs.using import write_usage


def deliver(poster: Poster) -> Job:
    """Sends what apps are owed."""

    async def job(running: Running[Any]) -> None:
        await Delivering(running, poster).run(running.stopping)

    return job


__all__ = ["SHOWN", "Delivering", "deliver", "forget", "moment_of", "show", "write_usage"]
