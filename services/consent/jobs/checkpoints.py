"""Signs the state of each trail, soon after it has grown."""

from typing import Any

import structlog

from libs.common import clock
from libs.common.events import AuditCheckpointed
from libs.common.keys import PLATFORM
from libs.common.mongo import Work
from libs.common.service import Job, Running, stops_within
from libs.common.tenants import UnknownTenant
from services.consent.domain.audit.notary import in_base64
from services.consent.store import Store

POLL_SECONDS = 1.0

log = structlog.get_logger()


def checkpoint() -> Job:
    """Makes a checkpoint of each trail that wants one, until the process stops."""

    async def job(running: Running[Any]) -> None:
        while not await stops_within(running.stopping, POLL_SECONDS):
            try:
                await signed(running)
            except Exception as error:  # noqa: BLE001 - the next round tries again
                log.warning("checkpoints.wait", error=type(error).__name__)

    return job


async def signed(running: Running[Any]) -> None:
    """One round over the trails with entries that no checkpoint is about.

    One that fails is tried again in the next, and holds up no other.
    """
    platform: Store = running.units.read(PLATFORM)
    for tenant in await platform.unsigned.due(clock.now()):
        try:
            known = running.tenants.get(tenant)
        except UnknownTenant:
            if running.tenants.has_left(tenant):
                await platform.unsigned.forget(tenant)
            continue
        try:
            await running.units.write(known, sign)
        except Exception as error:  # noqa: BLE001 - it stays due
            log.warning("checkpoint.waits", tenant=tenant, error=type(error).__name__)


async def sign(store: Store, work: Work) -> None:
    """A checkpoint of one trail, unless another process has made it meanwhile.

    One transaction: two processes cannot both sign the same size.
    """
    tenant = work.tenant.tenant
    head = await store.audit.head()
    if not head.wants_checkpoint(work.now):
        return
    root = head.tree.root
    note = store.notary.checkpoint(tenant, head.size, root)
    made = AuditCheckpointed(
        tenant=tenant, size=head.size, root=in_base64(root), note=note, at=work.now
    )
    await store.audit.keep_checkpoint(head, made)
