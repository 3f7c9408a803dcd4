"""Writes the usage log."""

import asyncio

import structlog

from libs.common.service import Job, Running, stops_within
from libs.common.tenants import UnknownTenant
from services.gateway.domain.usage import Use, Waiting
from services.gateway.store import Store

WRITE_SECONDS, HURRY_SECONDS = 1.0, 0.05

log = structlog.get_logger()


def write_usage(waiting: Waiting) -> Job:
    """Writes the usage log in batches; quickly while the last requests are being answered."""

    async def job(running: Running[Store]) -> None:
        while True:
            if await stops_within(running.stopping, WRITE_SECONDS):
                await asyncio.sleep(HURRY_SECONDS)
            for tenant, uses in waiting.take().items():
                await _write(running, waiting, tenant, uses)

    return job


async def _write(running: Running[Store], waiting: Waiting, tenant: str, uses: list[Use]) -> None:
    try:
        running.tenants.get(tenant)
        await running.units.read(tenant).usage.add(uses)
    except UnknownTenant:
        log.warning("usage.dropped", entries=len(uses), tenant=tenant)  # its collection is gone
    except Exception as error:  # noqa: BLE001 - the entries wait for the next round
        log.warning("usage.waits", entries=len(uses), error=type(error).__name__)
        waiting.put_back(uses)
        await asyncio.sleep(WRITE_SECONDS)
