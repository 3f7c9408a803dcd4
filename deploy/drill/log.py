"""The topics as they lie in the log, read from their beginning."""

import asyncio
from collections.abc import Sequence

from libs.common.bus import Follower, Record

SECONDS = 30.0


async def read(url: str, topics: Sequence[str]) -> list[Record]:
    """Every record up to now, in order per partition. Raises TimeoutError."""
    found: list[Record] = []

    async def see(record: Record) -> None:
        found.append(record)

    follower = Follower(url, "drill", topics, see)
    following = asyncio.ensure_future(follower.run())
    try:
        async with asyncio.timeout(SECONDS):
            await follower.caught_up.wait()
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    return found
