"""Time in: what is due is sent, and what became of it is found out."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from libs.common.service import Running
from services.messaging.clients import Provider
from services.messaging.jobs.reconciling import Reconciling
from services.messaging.jobs.sending import Sending

Job = Callable[[Running[Any]], Awaitable[None]]


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


def close(provider: Provider) -> Job:
    """Ends the connections to the provider after everything else."""

    async def job(_: Running[Any]) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await provider.close()

    return job


__all__ = ["Reconciling", "Sending", "close", "reconcile", "send"]
