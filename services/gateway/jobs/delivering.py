"""Sends what apps are owed: claims in a transaction, posts outside it, and has it settled.

An endpoint that is slow or away takes up its own few places and no others; one that is failing has
a single place, so that a long queue for a dead machine is one request at a time.
"""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

import prometheus_client
import structlog

from libs.common import clock, telemetry
from libs.common.keys import PLATFORM
from libs.common.mongo import is_outage
from libs.common.service import Running
from libs.common.tenants import UnknownTenant
from services.gateway.clients import Letter, Poster
from services.gateway.domain.hooks.delivery import Outcome
from services.gateway.jobs.attempts import Claim, Settle
from services.gateway.store import Due, Store

POLL_SECONDS = 0.25
LATER = timedelta(minutes=1)
BATCH = 64
AT_ONCE, PER_TENANT, PER_ENDPOINT, WHILE_FAILING = 128, 16, 4, 1
SETTLE_PAUSES = (0.1, 0.5, 1.0, 2.0)

ATTEMPTS = prometheus_client.Counter(
    "webhook_attempts", "Attempts to reach an agency's app, by what they came to.", ["outcome"]
)

log = structlog.get_logger()


class Delivering:
    """Claims one after the other, the longest due first; requests side by side."""

    def __init__(self, running: Running[Any], poster: Poster) -> None:
        self._units = running.units
        self._tenants = running.tenants
        self._poster = poster
        self._platform: Store = running.units.read(PLATFORM)
        self._endpoints: Counter[str] = Counter()
        self._agencies: Counter[str] = Counter()
        self._failing: set[str] = set()
        self._freed = asyncio.Event()

    async def run(self, stopping: asyncio.Event) -> None:
        """Until the service stops; requests under way are settled first."""
        async with asyncio.TaskGroup() as tasks:
            while not stopping.is_set():
                self._freed.clear()
                if not await self._tried(tasks):
                    await self._rest()

    async def round(self, tasks: asyncio.TaskGroup) -> int:
        """Claims what is due and has a place, leaves the requests to `tasks`; says how many."""
        begun = 0
        found = await self._platform.hooks.due.waiting(clock.now(), BATCH, *self._busy())
        for due in found:
            if self._has_place(due):
                begun += await self._begin(due, tasks)
        return begun

    async def _tried(self, tasks: asyncio.TaskGroup) -> int:
        try:
            return await self.round(tasks)
        except Exception as error:  # noqa: BLE001 - the next round tries again
            log.warning("webhooks.wait", error=type(error).__name__)
            return 0

    async def _rest(self) -> None:
        """Until the next poll, or until a place is free."""
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._freed.wait()

    def _busy(self) -> tuple[list[str], list[str]]:
        """Endpoints and tenants that have no place."""
        endpoints = [one for one, count in self._endpoints.items() if count >= self._most(one)]
        tenants = [one for one, count in self._agencies.items() if count >= PER_TENANT]
        return endpoints, tenants

    def _has_place(self, due: Due) -> bool:
        return (
            self._agencies.total() < AT_ONCE
            and self._agencies[due.tenant] < PER_TENANT
            and self._endpoints[due.webhook] < self._most(due.webhook)
        )

    def _most(self, webhook: str) -> int:
        return WHILE_FAILING if webhook in self._failing else PER_ENDPOINT

    async def _begin(self, due: Due, tasks: asyncio.TaskGroup) -> int:
        letter = await self._claim(due)
        if letter is None:
            return 0
        self._endpoints[due.webhook] += 1
        self._agencies[due.tenant] += 1
        tasks.create_task(self._deliver(due, letter))
        return 1

    async def _claim(self, due: Due) -> Letter | None:
        """One that cannot be claimed waits, so that the others have their turn."""
        letter: Letter | None = None
        try:
            letter = await self._units.write(self._tenants.get(due.tenant), Claim(due).run)
        except UnknownTenant:
            await self._leave(due)
        except Exception as error:
            if is_outage(error):
                raise
            log.warning("webhooks.unclaimed", error=type(error).__name__, tenant=due.tenant)
            await self._platform.hooks.due.claim(due, clock.now() + LATER)
        return letter

    async def _leave(self, due: Due) -> None:
        if self._tenants.has_left(due.tenant):
            await self._platform.hooks.due.forget(due)
        else:
            await self._platform.hooks.due.claim(due, clock.now() + LATER)

    async def _deliver(self, due: Due, letter: Letter) -> None:
        """The request, outside any transaction, and what came of it."""
        try:
            with telemetry.span("send webhook", kind="client"):
                outcome = await self._poster.post(letter)
            self._note(due, outcome)
            await self._settle(due, outcome)
        except Exception as error:  # noqa: BLE001 - its lease ends, and it is sent again
            log.warning("webhooks.unsettled", error=type(error).__name__, delivery=due.delivery)
        finally:
            for counter, name in ((self._endpoints, due.webhook), (self._agencies, due.tenant)):
                counter[name] -= 1
                if not counter[name]:
                    del counter[name]
            self._freed.set()

    def _note(self, due: Due, outcome: Outcome) -> None:
        ATTEMPTS.labels("delivered" if outcome.good else outcome.trouble or "answer").inc()
        if outcome.good:
            self._failing.discard(due.webhook)
        else:
            self._failing.add(due.webhook)

    async def _settle(self, due: Due, outcome: Outcome) -> None:
        """What came of it is known here alone, so the store may be away for a moment."""
        settle = Settle(due, outcome, random.random())  # noqa: S311 - it spreads load
        tenant = self._tenants.get(due.tenant)
        for pause in SETTLE_PAUSES:
            try:
                return await self._units.write(tenant, settle.run)
            except Exception as error:  # noqa: BLE001 - and once more below
                log.warning("webhooks.settle_later", error=type(error).__name__)
            await asyncio.sleep(pause)
        await self._units.write(tenant, settle.run)
