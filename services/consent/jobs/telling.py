"""Tells of what was sealed and signed, in order: one process at a time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import structlog
from prometheus_client import Counter

from libs.common import clock
from libs.common.events import AuditCheckpointed, AuditSealed, Envelope, derived_id, enclose
from libs.common.keys import PLATFORM
from libs.common.service import Job, Running, stops_within
from services.consent.store import Store
from services.consent.store.audit.untold import TURN, Part

POLL_SECONDS = 0.5
BATCH = 200
MOST_SECONDS = 0.8 * (TURN / 2).total_seconds()
"""When a trail is cut off that hangs: within the half of its turn that a round has at the least.

Whoever has the lease next would tell it too.
"""
TURN_SECONDS = MOST_SECONDS / 2
"""After it a trail makes way, even if there is more of it."""
LONGEST_WAIT = 10.0

FAILED = Counter("audit_telling_failed_total", "Times that a trail could not be told further.")

log = structlog.get_logger()


def tell() -> Job:
    """Publishes each trail as it grows, until the process stops."""

    async def job(running: Running[Any]) -> None:
        telling = Telling(running)
        stops = False
        while not stops:
            stops = await stops_within(running.stopping, POLL_SECONDS)
            try:
                while await telling.round():
                    pass
            except Exception as error:  # noqa: BLE001 - tried again until Kafka or Mongo is back
                log.warning("telling.waits", error=type(error).__name__)

    return job


@dataclass(frozen=True)
class Wait:
    """How long a trail is left alone, in seconds, and until when by the loop's clock."""

    seconds: float
    until: float


class Telling:
    """A crash between telling and forgetting tells the same again, under the same event ids.

    Trails are told side by side, and one that fails waits by itself: it holds up no other.
    """

    def __init__(self, running: Running[Any]) -> None:
        self._running = running
        self._platform: Store = running.units.read(PLATFORM)
        self._turn = self._platform.untold.turn()
        self._after = ""
        self._waits: dict[str, Wait] = {}

    async def round(self) -> bool:
        """Tells a part of what is to be told; says whether there may be more to tell now."""
        now = asyncio.get_running_loop().time()
        waiting = [tenant for tenant, wait in self._waits.items() if wait.until > now]
        behind, parts = self._after, await self._platform.untold.next(BATCH, self._after, waiting)
        # A trail of which there is much comes again after all others had their turn.
        self._after = parts[-1].tenant if len(parts) == BATCH else ""
        if not parts or not await self._turn.hold():
            return bool(behind and not parts)
        by_tenant = groupby(parts, key=lambda part: part.tenant)
        told = await asyncio.gather(*(self._tried(tenant, list(own)) for tenant, own in by_tenant))
        return any(told) or bool(behind or self._after)

    async def _tried(self, tenant: str, parts: Sequence[Part]) -> bool:
        """Says whether it went well. Where not, the trail is left alone for a while."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(MOST_SECONDS):
                await self._told(tenant, parts, until=loop.time() + TURN_SECONDS)
        except Exception as error:  # noqa: BLE001 - it stays on file, and is tried again
            before = self._waits.get(tenant)
            seconds = min(before.seconds * 2, LONGEST_WAIT) if before else POLL_SECONDS
            self._waits[tenant] = Wait(seconds, loop.time() + seconds)
            FAILED.inc()
            name = type(error).__name__
            log.warning("telling.waits", tenant=tenant, error=name, seconds=seconds)
            return False
        self._waits.pop(tenant, None)
        return True

    async def _told(self, tenant: str, parts: Sequence[Part], until: float) -> None:
        """In their order, as many as there is time for."""
        for part in parts:
            if not self._running.tenants.has_left(tenant):
                await self._running.producer.append(await self._events(part))
            await self._platform.untold.forget(part)
            if asyncio.get_running_loop().time() > until:
                return

    async def _events(self, part: Part) -> list[Envelope]:
        audit = self._running.units.read(part.tenant).audit
        if part.first is not None:
            sealed = await audit.entries.between(part.first, part.last)
            return [_enclosed(one, one.hash) for one in sealed]
        made = await audit.checkpoints.get(part.last)
        return [_enclosed(made, made.note)] if made else []


def _enclosed(fact: AuditSealed | AuditCheckpointed, cause: str) -> Envelope:
    ident = derived_id(f"{fact.tenant}/{cause}", fact.TYPE)
    return enclose(fact, fact.tenant, id=ident, source="consent", time=clock.now())
