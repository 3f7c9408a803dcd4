"""Finds out what became of messages that nobody has heard of; none of them is sent again."""

import asyncio
from datetime import timedelta
from typing import Any

import structlog

from libs.common import clock
from libs.common.events import MessageStatus, TenantSaved
from libs.common.keys import PLATFORM
from libs.common.mongo import Work, is_outage
from libs.common.service import Running, stops_within
from libs.common.tenants import UnknownTenant
from services.messaging.clients import Away, Provider
from services.messaging.domain import doubt
from services.messaging.domain.message import Message
from services.messaging.handlers import note_status
from services.messaging.store import Due, Store

POLL_SECONDS = 1.0
BATCH = 200
AT_ONCE = 8
BEFORE_DOUBT = timedelta(minutes=10)
LATER = timedelta(minutes=1)

log = structlog.get_logger()


class Reconciling:
    """Looks at what is in doubt and due: leases that ran out, unknown outcomes, silence."""

    def __init__(self, running: Running[Any], provider: Provider) -> None:
        self._units = running.units
        self._tenants = running.tenants
        self._provider = provider
        self._platform: Store = running.units.read(PLATFORM)

    async def run(self, stopping: asyncio.Event) -> None:
        """Until the service stops."""
        while not stopping.is_set():
            try:
                await self.round()
            except Exception as error:  # noqa: BLE001 - the next round tries again
                log.warning("reconciling.waits", error=type(error).__name__)
            await stops_within(stopping, POLL_SECONDS)

    async def round(self) -> None:
        """Looks once at each that is due."""
        due = await self._platform.due.in_doubt(clock.now(), BATCH)
        for first in range(0, len(due), AT_ONCE):
            await asyncio.gather(*map(self._tried, due[first : first + AT_ONCE]))

    async def _tried(self, due: Due) -> None:
        """One that fails waits, so that the others have their turn."""
        try:
            await self._look(due, self._tenants.get(due.tenant))
        except UnknownTenant:
            if self._tenants.has_left(due.tenant):
                await self._platform.due.forget(due)
        except Exception as error:  # noqa: BLE001 - looked at again
            log.warning("reconciling.failed", error=type(error).__name__, tenant=due.tenant)
            await self._platform.due.postpone(due, clock.now() + LATER)

    async def _look(self, due: Due, tenant: TenantSaved) -> None:
        message = await self._units.read(due.tenant).messages.get(due.message)
        if message is None:
            await self._platform.due.forget(due)
        elif due.state == "settled":
            await self._units.write(tenant, Obey(due).run)
        elif due.state == "sending":
            await self._units.write(tenant, Doubt(message).run)
        else:
            await self._seek(message, tenant)

    async def _seek(self, message: Message, tenant: TenantSaved) -> None:
        """Asks the provider, outside any transaction; silence is an answer too.

        So is what nobody can read: else the message would be in doubt for ever.
        """
        try:
            for receipt in await self._asked(message):
                await self._units.write(tenant, Learn(receipt).run)
        except Exception as error:
            if is_outage(error):
                raise
            log.warning("reconciling.not_understood", error=type(error).__name__, ref=message.ref)
        await self._units.write(tenant, Doubt(message).run)

    async def _asked(self, message: Message) -> list[MessageStatus]:
        try:
            if message.provider_id is not None:
                found = await self._provider.message(message.provider_id, message.ref)
                return [found] if found else []
            since = (message.doubt_at or clock.now()) - BEFORE_DOUBT
            return await self._provider.receipts(str(message.ref), since)
        except Away as away:
            log.warning("reconciling.provider_away", reason=str(away))
            return []


class Learn:
    """A receipt that was found is one like any other."""

    def __init__(self, receipt: MessageStatus) -> None:
        self._receipt = receipt

    async def run(self, store: Store, work: Work) -> None:
        """As if it had come by itself."""
        await note_status(self._receipt, store, work)


class Doubt:
    """What follows from silence, for a message that is still as it was when it was looked at."""

    def __init__(self, message: Message) -> None:
        self._seen = message

    async def run(self, store: Store, work: Work) -> None:
        """One step, or none."""
        message = await store.messages.get(self._seen.id)
        if message is None or (message.state, message.ref) != (self._seen.state, self._seen.ref):
            return
        step = doubt.silent(message, work.now)
        if step is not None:
            await store.follow(message, step, work)


class Obey:
    """An operator has said what became of a message."""

    def __init__(self, due: Due) -> None:
        self._due = due

    async def run(self, store: Store, work: Work) -> None:
        """Unless a receipt has said it first."""
        verdict = await store.due.verdict(self._due)
        message = await store.messages.get(self._due.message)
        if verdict is None or message is None:
            return
        if message.state == "needs_review":
            await store.follow(message, doubt.settled(message, verdict, work.now), work)
        else:
            await store.due.forget(self._due)
