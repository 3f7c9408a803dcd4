"""Requests and erasures that are due are looked at: warnings, ends, and further rounds of orders.

What is due stands in one list, and is decided again in the transaction that acts on it, so that
several replicas do a thing once: of two that meet at a row, one begins again and finds it done.
"""

from datetime import timedelta
from typing import Final

import structlog

from libs.common import clock
from libs.common.events import TenantSaved
from libs.common.keys import PLATFORM
from libs.common.mongo import Work
from libs.common.service import Job, Running, stops_within
from services.consent.domain.rights import steps
from services.consent.domain.rights.erasure import Erasure
from services.consent.domain.rights.handing import request_of
from services.consent.jobs.packaging import hand_over
from services.consent.store import Store
from services.consent.store.erasing import again
from services.consent.store.rights import Due

EVERY_SECONDS: Final = 1.0
BATCH: Final = 100
AFTER_FAILURE: Final = timedelta(seconds=30)
OVERDUE: Final = timedelta(minutes=1)
"""Stores that are at work need some ten seconds."""

log = structlog.get_logger()


def look() -> Job:
    """Looks every second, until the process stops."""

    async def job(running: Running[Store]) -> None:
        while not await stops_within(running.stopping, EVERY_SECONDS):
            try:
                await look_once(running)
            except Exception as error:  # noqa: BLE001 - tried again until MongoDB is back
                log.warning("rights.wait", error=type(error).__name__)

    return job


async def look_once(running: Running[Store]) -> int:
    """Looks at what is due now, and returns how many things were."""
    dues = running.units.read(PLATFORM).rights.dues
    found = await dues.now(clock.now(), BATCH)
    for due in found:
        if running.tenants.has_left(due.tenant):
            await dues.drop(due)
            continue
        try:
            await _look(running, running.tenants.get(due.tenant), due)
        except Exception as error:  # noqa: BLE001 - one that fails, or is not known yet, holds up no other
            log.warning("rights.look_failed", what=due.what, error=type(error).__name__)
            await dues.postpone(due, clock.now() + AFTER_FAILURE)
    return len(found)


async def _look(running: Running[Store], tenant: TenantSaved, due: Due) -> None:
    async def at_erasure(store: Store, work: Work) -> Erasure | None:
        return await again(due.what, store, work)

    async def at_request(store: Store, work: Work) -> None:
        await _look_at_request(due.what, store, work)

    if export := request_of(due.what):
        await hand_over(running, tenant, export)
    elif due.what.startswith("era_"):
        _warn(await running.units.write(tenant, at_erasure))
    else:
        await running.units.write(tenant, at_request)


def _warn(erasure: Erasure | None) -> None:
    """Names the stores that let an erasure wait."""
    if erasure and clock.now() - erasure.begun_at > OVERDUE:
        log.warning("erasure.overdue", erasure=erasure.id, awaiting=list(erasure.awaiting))


async def _look_at_request(request_id: str, store: Store, work: Work) -> None:
    request = await store.rights.requests.get(request_id)
    if request is None:
        await store.rights.dues.set(request_id, None)
        return
    after, notes = steps.looked_at(request, work.now)
    for note in notes:
        work.note(note)
    await store.rights.keep(after)
