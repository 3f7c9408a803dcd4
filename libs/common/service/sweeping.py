"""The job that every service has by itself whose documents are kept for a time and no longer."""

from typing import Any, Final

import structlog
from prometheus_client import Gauge

from libs.common import clock
from libs.common.events import TenantSaved
from libs.common.mongo import Lease
from libs.common.privacy import BATCH, Sweep, sweeps
from libs.common.service.declared import Job, Service
from libs.common.service.stopping import stops_within

LEASE: Final = "sweep"

DONE = Gauge(
    "sweep_done_timestamp_seconds",
    "When this process last swept all there is; 0 for never.",
    ["component"],
)

log = structlog.get_logger()


def jobs(service: Service[Any]) -> tuple[Job, ...]:
    """The one, or none where nothing is kept for a time."""
    return (sweep,) if sweeps(service.name, service.entities) else ()


async def sweep(running: Any) -> None:
    """Sweeps at the start, and then again and again until the process stops."""
    DONE.labels(running.service.name)
    while True:
        try:
            await sweep_once(running)
        except Exception as error:  # noqa: BLE001 - the next round tries again
            log.warning("sweep.waits", error=type(error).__name__)
        if await stops_within(running.stopping, running.settings.sweep_seconds):
            return


async def sweep_once(running: Any) -> int:
    """One round over all tenants, by one process at a time; says how many documents were due."""
    lease = Lease(running.mongo.service_collection("leases"), LEASE)
    total, whole = 0, True
    try:
        for tenant in list(running.tenants):
            for rule in sweeps(running.service.name, running.service.entities):
                count, ended = await _sweep(running, lease, tenant, rule)
                total, whole = total + count, whole and ended
    finally:
        await lease.release()
    if whole:
        DONE.labels(running.service.name).set(clock.now().timestamp())
    return total


async def _sweep(running: Any, lease: Lease, tenant: TenantSaved, rule: Sweep) -> tuple[int, bool]:
    """What is due of one tenant by one rule, and whether nothing is left.

    One that fails holds up no other.
    """
    done = 0
    try:
        while not running.stopping.is_set() and await lease.hold():
            if running.tenants.has_left(tenant.tenant):
                return done, True
            count = await running.scoped.apart(tenant, rule.batch)
            done += count
            if count < BATCH:
                return done, True
    except Exception as error:  # noqa: BLE001 - whatever it is, the next round tries again
        told = {"tenant": tenant.tenant, "collection": rule.entity.name}
        log.warning("sweep.failed", **told, error=type(error).__name__)
    return done, False
