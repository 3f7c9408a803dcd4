"""Time in: the spool is emptied as soon as Kafka takes events again; people are looked for."""

import asyncio

import structlog
from prometheus_client import Gauge

from libs.common import clock
from libs.common.events import ErasureOrdered
from libs.common.keys import PLATFORM
from libs.common.mongo import Work
from libs.common.privacy import done
from libs.common.service import Running
from libs.common.tenants import UnknownTenant
from services.ingest.spool import Delivery, Spool
from services.ingest.store import Store

PAUSE_SECONDS = 0.5
TIDY_SECONDS = 3_600.0

QUARANTINED = Gauge("quarantine_depth", "Webhooks set aside, of the last seven days.")

log = structlog.get_logger()


async def drain(delivery: Delivery, spool: Spool) -> None:
    """Empties the spool whenever it fills, until cancelled."""
    while True:
        await spool.filled.wait()
        try:
            while await delivery.drain():
                log.info("spool.segment_drained")
        except Exception as error:  # noqa: BLE001 - whatever it was, the events stay on disk
            log.warning("spool.drain_waits", error=type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)


async def tidy(spool: Spool) -> None:
    """Drops what was kept aside for too long, until cancelled."""
    while True:
        try:
            await asyncio.to_thread(spool.tidy, clock.now())
        except OSError as error:
            log.warning("spool.tidy_waits", error=type(error).__name__)
        await asyncio.sleep(TIDY_SECONDS)


async def measure(running: Running[Store]) -> None:
    """Counts what is set aside."""
    QUARANTINED.set(await running.units.read(PLATFORM).count())


async def forget(running: Running[Store]) -> None:
    """Does the erasures that were ordered, until cancelled."""
    while True:
        try:
            await forget_once(running)
        except Exception as error:  # noqa: BLE001 - they stay on file, and are tried again
            log.warning("erasing.waits", error=type(error).__name__)
        await asyncio.sleep(PAUSE_SECONDS)


async def forget_once(running: Running[Store]) -> None:
    """Each that is on file now. One that fails is tried again, and holds up no other."""
    platform = running.units.read(PLATFORM)
    for tenant, order in await platform.erasing.open():
        try:
            await _forget(running, tenant, order)
        except UnknownTenant:
            if running.tenants.has_left(tenant):
                await platform.erasing.drop(tenant)
        except Exception as error:  # noqa: BLE001 - it stays on file
            log.warning("erasing.failed", request=order.request_id, error=type(error).__name__)


async def _forget(running: Running[Store], tenant: str, order: ErasureOrdered) -> None:
    known, store = running.tenants.get(tenant), running.units.read(tenant)
    deleted = {
        "quarantine": await store.erase(order.subject, known.region),
        "parked": await store.eraser.parked(order.subject, known.region),
    }

    async def body(store: Store, work: Work) -> None:
        if await store.erasing.end(order):
            work.emit(done(order, "ingest", work.now, deleted))

    await running.units.write(known, body)
