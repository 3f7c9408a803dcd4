"""Sends what is due: claims in a transaction, asks the provider once, and has it settled."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog
from prometheus_client import Counter

from libs.common import clock, telemetry
from libs.common.keys import PLATFORM
from libs.common.mongo import is_outage
from libs.common.service import Running
from libs.common.tenants import UnknownTenant
from services.messaging.clients import Letter, Provider
from services.messaging.domain.setbacks import Setback
from services.messaging.jobs.claiming import Claim, Slots, Turns
from services.messaging.jobs.settling import Settle, insist
from services.messaging.store import Due, Store

POLL_SECONDS = 0.5
BRIEFLY_SECONDS = 0.02
BATCH = 64
AT_ONCE = 32
LATER = timedelta(minutes=1)

MOST_WARNED = 10_000

ATTEMPTS = Counter("sms_attempts", "Attempts to send a text, by what they came to.", ["state"])
SETBACKS = Counter("sms_setbacks", "Times a sender or profile was refused as such.", ["code"])

log = structlog.get_logger()


class Sending:
    """`AT_ONCE` requests side by side; claims one after the other, the longest due first."""

    def __init__(self, running: Running[Any], provider: Provider) -> None:
        self._units = running.units
        self._tenants = running.tenants
        self._provider = provider
        self._platform: Store = running.units.read(PLATFORM)
        self._free = asyncio.Semaphore(AT_ONCE)
        self._slots = Slots()
        self._next: datetime | None = None
        self._warned: set[tuple[str, str, datetime]] = set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Until the service stops; requests under way are settled first."""
        async with asyncio.TaskGroup() as tasks:
            while not stopping.is_set():
                self._platform.desk.bell.clear()
                full = await self._tried(tasks)
                await self._rest(BRIEFLY_SECONDS if full else self._until_next())

    async def round(self, tasks: asyncio.TaskGroup) -> int:
        """Claims what is due now, and leaves the requests to `tasks`; says how many it claimed.

        What has no turn does not count: it is put off, and others are looked for in its place.
        """
        self._next = None
        turns, claimed, more = Turns(self._slots, self._platform.desk.rate), 0, True
        while more and claimed < BATCH:
            due = await self._platform.due.queued(clock.now(), BATCH)
            put_off: list[tuple[Due, datetime]] = []
            for one in due:
                slot = turns.slot(one, clock.now())
                if slot is None:
                    claimed += 1
                    await self._begin(one, turns, tasks)
                else:
                    put_off.append((one, slot))
                    self._wake_at(slot)
            await self._platform.due.postpone_all(put_off)
            more = len(due) == BATCH and bool(put_off)
        return claimed

    async def _begin(self, due: Due, turns: Turns, tasks: asyncio.TaskGroup) -> None:
        await self._free.acquire()
        try:
            letter = await self._claim(due, turns)
        except BaseException:
            self._free.release()
            raise
        if letter is None:
            self._free.release()
        else:
            tasks.create_task(self._deliver(due, letter))

    async def _tried(self, tasks: asyncio.TaskGroup) -> bool:
        try:
            return await self.round(tasks) >= BATCH
        except Exception as error:  # noqa: BLE001 - the next round tries again
            log.warning("sending.waits", error=type(error).__name__)
            return False

    def _until_next(self) -> float:
        """Seconds to the next turn of a sender; a poll at the longest."""
        if self._next is None:
            return POLL_SECONDS
        seconds = (self._next - clock.now()).total_seconds()
        return min(max(seconds, BRIEFLY_SECONDS), POLL_SECONDS)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._platform.desk.bell.wait()

    async def _claim(self, due: Due, turns: Turns) -> Letter | None:
        """One that cannot be claimed waits, so that the others have their turn."""
        claim = Claim(due, self._slots)
        try:
            letter = await self._units.write(self._tenants.get(due.tenant), claim.run)
        except UnknownTenant:
            await self._leave(due)
            return None
        except Exception as error:
            if is_outage(error):
                raise
            log.warning("sending.unclaimed", error=type(error).__name__, tenant=due.tenant)
            await self._platform.due.postpone(due, clock.now() + LATER)
            return None
        turns.note(due, claim.free_at)
        self._warn(due.tenant, claim.setback)
        if claim.later is not None:
            self._wake_at(claim.later)
        return letter

    def _wake_at(self, moment: datetime) -> None:
        self._next = min(self._next or moment, moment)

    def _warn(self, tenant: str, setback: Setback | None) -> None:
        """Once for each refusal, however many messages wait for its end."""
        if setback is None or (told := (tenant, setback.code, setback.at)) in self._warned:
            return
        if len(self._warned) > MOST_WARNED:
            self._warned.clear()
        self._warned.add(told)
        SETBACKS.labels(setback.code).inc()
        log.warning(
            "sending.set_back",
            tenant=tenant,
            code=setback.code,
            provider_code=setback.provider_code,
            until=setback.until.isoformat(),
        )

    async def _leave(self, due: Due) -> None:
        if self._tenants.has_left(due.tenant):
            await self._platform.due.forget(due)
        else:
            await self._platform.due.postpone(due, clock.now() + LATER)

    async def _deliver(self, due: Due, letter: Letter) -> None:
        """The request, outside any transaction, and what came of it."""
        try:
            with telemetry.span("send message", traceparent=letter.traceparent):
                await self._sent(due, letter)
        except Exception as error:  # noqa: BLE001 - its lease ends, and then it is looked for
            log.warning("sending.unsettled", error=type(error).__name__, ref=letter.ref)
        finally:
            self._free.release()

    async def _sent(self, due: Due, letter: Letter) -> None:
        answer, told = await self._provider.send(letter)
        tenant = self._tenants.get(due.tenant)
        settle = Settle(due.message, letter, answer, told)
        state = await insist(lambda: self._units.write(tenant, settle.run))
        ATTEMPTS.labels(state).inc()
        self._warn(due.tenant, settle.setback)
