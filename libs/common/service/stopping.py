"""Waiting beside the work: a job pauses, but not longer than its process lives."""

import asyncio


async def stops_within(stopping: asyncio.Event, seconds: float) -> bool:
    """Waits so long, or until the process is to stop; says whether it is to stop."""
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        return False
    return True
