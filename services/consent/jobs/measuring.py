"""Measures what is late: erasures, answers to people, and the sealing of trails."""

from datetime import datetime
from typing import Any

from prometheus_client import Gauge

from libs.common import clock
from libs.common.keys import PLATFORM
from libs.common.service import Running
from services.consent.store import Store
from services.consent.store.rights import Due

ERASING = Gauge("erasures_open", "Erasures that some store has not ended.")
OLDEST = Gauge("erasures_oldest_seconds", "Age of the oldest of them; 0 for none.")
OVERDUE = Gauge("requests_overdue", "Open requests of people whose time by law is over.")
MISSING = Gauge("audit_gaps", "Notes that trails miss, of all services and agencies.")
UNSIGNED = Gauge("audit_unsigned_seconds", "Age of the oldest entry that no checkpoint covers.")

MEASURE_SECONDS = 60.0


async def measure(running: Running[Any]) -> None:
    """What lies in lists of all tenants by one query, the rest tenant by tenant."""
    now, platform = clock.now(), running.units.read(PLATFORM)
    signed_until = await platform.unsigned.oldest()
    UNSIGNED.set((now - signed_until).total_seconds() if signed_until else 0)
    dues = await platform.rights.dues.erasures()
    begun = [at for due in dues if (at := await _begun(running, due))]
    ERASING.set(len(begun))
    OLDEST.set((now - min(begun)).total_seconds() if begun else 0)
    overdue = missing = 0
    for tenant in [PLATFORM, *(one.tenant for one in running.tenants)]:
        store: Store = running.units.read(tenant)
        overdue += await store.rights.requests.overdue(now)
        missing += (await store.audit.head()).missing
    OVERDUE.set(overdue)
    MISSING.set(missing)


async def _begun(running: Running[Any], due: Due) -> datetime | None:
    """When it began; None where it has ended, or gone with its agency, meanwhile."""
    erasure = await running.units.read(due.tenant).rights.erasures.get(due.what)
    return erasure.begun_at if erasure and not erasure.done else None
