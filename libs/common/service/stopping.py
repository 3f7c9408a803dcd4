"""Jobs and the end of the process: a pause is no longer than it, a client lives as long as it."""

import asyncio
from typing import Any, Protocol

from libs.common.service.declared import Job


class Client(Protocol):
    """Something with connections to the outside."""

    async def close(self) -> None:
        """Ends them."""


async def stops_within(stopping: asyncio.Event, seconds: float) -> bool:
    """Waits so long, or until the process is to stop; says whether it is to stop."""
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return False
    return True


def closing(client: Client) -> Job:
    """The job that ends a client's connections, where it is cancelled: after everything else."""

    async def job(_: Any) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await client.close()

    return job
