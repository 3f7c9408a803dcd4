"""Time in: what is due is sent, and what became of it is found out."""

from datetime import timedelta
from typing import Any

from libs.common.service import Job, Running
from services.messaging.clients import Provider
from services.messaging.jobs.heeding import Heeding
from services.messaging.jobs.measuring import measure
from services.messaging.jobs.reconciling import Reconciling
from services.messaging.jobs.sending import Sending


def send(provider: Provider) -> Job:
    """Sends what is due."""

    async def job(running: Running[Any]) -> None:
        await Sending(running, provider).run(running.stopping)

    return job


def reconcile(provider: Provider) -> Job:
    """Finds out what became of messages that were given out of hand."""

    async def job(running: Running[Any]) -> None:
        await Reconciling(running, provider).run(running.stopping)

    return job


def heed(provider: Provider, every: timedelta) -> Job:
    """Takes over from the provider who wants no more texts, at once and then so often."""

    async def job(running: Running[Any]) -> None:
        await Heeding(running, provider, every).run()

    return job


__all__ = ["Heeding", "Reconciling", "Sending", "heed", "measure", "reconcile", "send"]
