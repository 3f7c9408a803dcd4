"""Packages are made between two transactions, since making one may take a while."""

import asyncio

import structlog

from libs.common import clock
from libs.common.events import TenantSaved
from libs.common.mongo import Work
from libs.common.service import Running
from services.consent.domain.rights.package import build
from services.consent.domain.rights.request import Request
from services.consent.store import Store
from services.consent.store.exporting import Made, go_on, material

log = structlog.get_logger()


async def hand_over(running: Running[Store], tenant: TenantSaved, request_id: str) -> None:
    """Makes the package of a request where all is there; asks again for what is not."""
    store, now = running.units.read(tenant.tenant), Work(tenant, clock.now())
    told = await material(request_id, tenant, store, now)
    made = Made(await asyncio.to_thread(build, told), told) if told else None

    async def body(store: Store, work: Work) -> Request | None:
        return await go_on(request_id, made, store, work)

    request = await running.units.write(tenant, body)
    if request and request.awaiting:
        log.warning("export.overdue", request=request.id, awaiting=list(request.awaiting))
