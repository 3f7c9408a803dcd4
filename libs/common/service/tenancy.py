"""The tenants, read by every process from the beginning of `tenants.v1`, and their collections."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from libs.common.bus import Follower, Record
from libs.common.bus.record import fits_its_key
from libs.common.events import Envelope, Malformed, TenantClosed, TenantSaved, fact_of
from libs.common.mongo import Mongo
from libs.common.mongo.scope import TENANT
from libs.common.service.declared import Service
from libs.common.tenants import Tenants

TOPIC = TenantSaved.TOPIC

log = structlog.get_logger()


class TenantReader:
    """Fills the table of tenants; a tenant is known only once its collections exist."""

    def __init__(self, service: Service[Any], mongo: Mongo, tenants: Tenants) -> None:
        self._keeps_something = bool(service.entities)
        self._mongo = mongo
        self._tenants = tenants
        self._follower = Follower(service.settings.kafka, service.name, (TOPIC,), self._see)
        self.caught_up = self._follower.caught_up

    async def run(self) -> None:
        """Reads until cancelled."""
        await self._follower.run()

    async def _see(self, record: Record) -> None:
        try:
            fact = _fact(record)
        except Malformed as error:
            log.error("tenant.unreadable", place=record.place, reason=str(error))
            return
        if isinstance(fact, TenantClosed):
            self._tenants.put(fact)  # first, so that no handler writes what is being dropped
            await self._until_done(self._mongo.close_tenant, fact.tenant)
        elif not self._tenants.has_left(fact.tenant):
            await self._until_done(self._mongo.open_tenant, fact.tenant)
            self._tenants.put(fact)

    async def _until_done(self, step: Callable[[str], Awaitable[None]], tenant: str) -> None:
        while self._keeps_something:
            try:
                return await step(tenant)
            except Exception as error:  # noqa: BLE001 - tried until MongoDB is there
                log.warning("tenant.waits", error=type(error).__name__)
                await asyncio.sleep(1.0)


def _fact(record: Record) -> TenantSaved | TenantClosed:
    envelope = Envelope.from_json(record.value)
    if not fits_its_key(envelope, record.key):
        raise Malformed("the record key names another tenant")
    if not TENANT.fullmatch(envelope.tenantid):
        raise Malformed("a tenant id is 8 to 26 lower-case letters and digits")
    closed = envelope.type == TenantClosed.TYPE
    fact = fact_of(envelope, TenantClosed) if closed else fact_of(envelope, TenantSaved)
    if fact.tenant != envelope.tenantid:
        raise Malformed("the fact is about another tenant")
    return fact
