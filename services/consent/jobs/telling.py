"""Tells of what was sealed and signed, in order: one process at a time."""

import asyncio
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import structlog

from libs.common import clock
from libs.common.events import AuditCheckpointed, AuditSealed, Envelope, derived_id, enclose
from libs.common.keys import PLATFORM
from libs.common.service import Job, Running, stops_within
from services.consent.store import Store
from services.consent.store.audit.untold import Part

POLL_SECONDS = 0.5
BATCH = 200

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


class Telling:
    """A crash between telling and forgetting tells the same again, under the same event ids."""

    def __init__(self, running: Running[Any]) -> None:
        self._running = running
        self._platform: Store = running.units.read(PLATFORM)
        self._turn = self._platform.untold.turn()

    async def round(self) -> bool:
        """Tells a part of what is to be told; says whether there was any."""
        parts = await self._platform.untold.next(BATCH)
        if not parts or not await self._turn.hold():
            return False
        by_tenant = groupby(parts, key=lambda part: part.tenant)
        async with asyncio.TaskGroup() as tasks:
            for tenant, own in by_tenant:
                tasks.create_task(self._told(tenant, list(own)))
        return True

    async def _told(self, tenant: str, parts: Sequence[Part]) -> None:
        for part in parts:
            if not self._running.tenants.has_left(tenant):
                await self._running.producer.append(await self._events(part))
            await self._platform.untold.forget(part)

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
