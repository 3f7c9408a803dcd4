"""What a MongoDB says of itself; no store is read for it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from libs.common.mongo.client import connect


@dataclass(frozen=True)
class Server:
    """`version` as it names it; `replica_set` None without one; `now` is its own time."""

    version: str
    replica_set: str | None
    writable: bool
    now: datetime


async def introduced(url: str) -> Server:
    """Asks the server, within seconds. Raises what the driver raises."""
    client = connect(url, "intnet")
    try:
        hello = await client.admin.command("hello")
        build = await client.admin.command("buildInfo")
    finally:
        client.close()
    now = hello["localTime"].replace(tzinfo=UTC)  # a command's answer is read without zones
    return Server(build["version"], hello.get("setName"), hello["isWritablePrimary"], now)
