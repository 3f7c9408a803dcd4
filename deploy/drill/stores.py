"""What the services' databases hold, read past them: the drill counts from outside.

The only file of the drills that speaks Mongo. It reads, and it asks the server for faults.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from pymongo import AsyncMongoClient
from pymongo.errors import AutoReconnect

Row = dict[str, Any]
READ_MS = 10_000


@dataclass(frozen=True)
class Effect:
    """How often a handler's effect on one thing was committed."""

    service: str
    tenant: str
    handler: str
    about: str
    times: int


class Stores:
    """Reads the databases of the services."""

    def __init__(self, url: str) -> None:
        self._server: AsyncMongoClient[Row] = AsyncMongoClient(
            url, tz_aware=True, timeoutMS=READ_MS, appname="drill", w="majority"
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    async def records(self, tenant: str, sessions: Sequence[str]) -> dict[str, Row]:
        """The call record of each session."""
        rows = await self._rows("insights", f"calls__{tenant}", {"_id": {"$in": list(sessions)}})
        return {row["_id"]: row["record"] for row in rows}

    async def cards(self, tenant: str, sessions: Sequence[str]) -> list[Row]:
        """The stored cards of the sessions."""
        query = {"_id": {"$in": list(sessions)}, "insight": {"$ne": None}}
        rows = await self._rows("insights", f"calls__{tenant}", query)
        return [{"session": row["_id"], "card": row["card"]} for row in rows]

    async def effects(self, tenant: str) -> list[Effect]:
        """The counters that the probes raise."""
        found: list[Effect] = []
        for service in ("matcher", "insights", "ingest"):
            for row in await self._rows(service, f"drill_effects__{tenant}", {}):
                handler, _, about = row["_id"].partition(":")
                found.append(Effect(service, tenant, handler, about, row["n"]))
        return found

    async def finished(self, tenant: str) -> tuple[int, int]:
        """How many cards know of their match, and how many calls have ended."""
        calls = self._server["insights"][f"calls__{tenant}"]
        cards = await calls.count_documents({"card.version": {"$gte": 2}})
        return cards, await calls.count_documents({"open": False})

    async def parked(self, service: str) -> list[Row]:
        """What the service has parked, and nobody has settled."""
        return await self._rows(service, "parked", {"state": "parked"}, {"sealed": 0})

    async def quarantine(self, since: datetime) -> dict[str, str]:
        """Webhook id to reason, of what ingest put away since then."""
        rows = await self._rows("ingest", "quarantine", {"received_at": {"$gte": since}})
        return {row["_id"]: row["reason"] for row in rows}

    async def unsent(self) -> int:
        """Events committed and not yet published, of all services."""
        names = ("matcher", "insights", "messaging", "consent", "gateway", "ingest")
        return sum([await self._server[name]["outbox"].count_documents({}) for name in names])

    async def step_down(self, seconds: int = 5) -> None:
        """Makes the only member give up being primary for so long."""
        with suppress(AutoReconnect):  # it closes connections on the way down
            await self._server.admin.command(
                "replSetStepDown", seconds, secondaryCatchUpPeriodSecs=0, force=True
            )

    async def fail(self, service: str, seconds: float, times: int, **how: Any) -> int:
        """Makes the server fail this service's commands; returns how many it has failed."""
        point = self._server.admin.command
        data = {"appName": service, **how}
        before = await point("configureFailPoint", "failCommand", mode={"times": times}, data=data)
        try:
            await asyncio.sleep(seconds)
        finally:
            after = await point("configureFailPoint", "failCommand", mode="off")
        return int(after["count"] - before["count"])

    async def _rows(
        self, service: str, collection: str, query: Row, fields: Row | None = None
    ) -> list[Row]:
        return await self._server[service][collection].find(query, fields).to_list(None)
