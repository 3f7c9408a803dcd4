"""Heeds those who told the provider STOP, where the webhook that said so was lost."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import structlog
from prometheus_client import Counter

from libs.common import clock
from libs.common.events import SmsStopped
from libs.common.keys import PLATFORM
from libs.common.mongo import Work
from libs.common.service import Running, stops_within
from services.messaging.clients import Away, Provider
from services.messaging.domain.optouts import OptOut, owner
from services.messaging.store import Store

NAME = "optouts"
LASTING = timedelta(minutes=10)
OVERLAP = timedelta(hours=1)  # clocks differ, and a webhook may still be on its way
AGAIN_SECONDS = 60.0

FOUND = Counter("sms_optouts_found", "People whose STOP stood on the provider's list alone.")

log = structlog.get_logger()


class Heeding:
    """Reads the provider's list so often: all of it once, then what is new."""

    def __init__(self, running: Running[Any], provider: Provider, every: timedelta) -> None:
        self._units = running.units
        self._tenants = running.tenants
        self._stopping: asyncio.Event = running.stopping
        self._provider = provider
        self._every = every
        platform: Store = running.units.read(PLATFORM)
        self._turn = platform.turn(NAME, LASTING)

    async def run(self) -> None:
        """At once, and then until the service stops."""
        done = await self._tried(self.round())
        while not await stops_within(self._stopping, self._pause(done)):
            done = await self._tried(self._next())

    def _pause(self, done: bool) -> float:
        every = self._every.total_seconds()
        return every if done else min(AGAIN_SECONDS, every)

    async def _tried(self, reading: Awaitable[bool]) -> bool:
        try:
            return await reading
        except Exception as error:  # noqa: BLE001 - tried again
            reason = str(error) if isinstance(error, Away) else type(error).__name__
            log.warning("heeding.waits", reason=reason)
            return False

    async def _next(self) -> bool:
        """Unless another process has done it meanwhile."""
        done_at = await self._turn.done_at()
        fresh = done_at is not None and clock.now() - self._every < done_at <= clock.now()
        return fresh or await self.round()

    async def round(self) -> bool:
        """Reads the list, where no other process does; says whether it was read."""
        began = clock.now()
        if not await self._turn.hold():
            return False
        read = False
        try:
            read = await self._read()
        finally:
            await self._turn.release(began if read else None)
        return read

    async def _read(self) -> bool:
        last = await self._turn.done_at()
        seen = found = 0
        async for page in self._provider.optouts(last and min(last, clock.now()) - OVERLAP):
            if self._stopping.is_set():
                return False
            for optout in page:
                found += await self._heed(optout)
            seen += len(page)
        log.info("heeding.read", seen=seen, found=found)
        return True

    async def _heed(self, optout: OptOut) -> bool:
        """Outside a transaction first: nearly all are known."""
        tenant = owner(optout, self._tenants, clock.now())
        if tenant is None or not await _is_news(optout, self._units.read(tenant.tenant)):
            return False
        stopped = await self._units.write(tenant, Stop(optout).run)
        FOUND.inc(stopped)
        return bool(stopped)


class Stop:
    """One who told the provider STOP, and us nothing, is stopped here and in the ledger."""

    def __init__(self, optout: OptOut) -> None:
        self._optout = optout

    async def run(self, store: Store, work: Work) -> bool:
        """As where the provider refuses a text for it. What is queued is blocked at its claim."""
        if not await _is_news(self._optout, store):
            return False
        at = min(self._optout.at, work.now)
        copy = await store.consents.get(store.conversations.subject(self._optout.number))
        await store.consents.keep(copy.with_stop(at))
        work.emit(SmsStopped(subject=copy.subject, occurred_at=at))
        return True


async def _is_news(optout: OptOut, store: Store) -> bool:
    """Whether the agency knows the person, who is not stopped and has not agreed since."""
    subject = store.conversations.subject(optout.number)
    copy = await store.consents.get(subject)
    if copy.stopped or copy.with_stop(optout.at) == copy:
        return False
    return copy.version > 0 or await store.conversations.knows(subject)
