"""What belongs together of one agency's endpoints: them, what they are owed, and when it is due."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from libs.common.keys import Keys
from libs.common.mongo import Document, TenantScope
from services.gateway.domain.hooks.delivery import Delivery
from services.gateway.store.callers import CALLERS, Callers
from services.gateway.store.deliveries import DELIVERIES, Deliveries
from services.gateway.store.due import Dues
from services.gateway.store.webhooks import Webhooks

BATCH: Final = 2_000
"""Deliveries that one transaction deletes with their endpoint; the others go with their time."""


class Hooks:
    """One tenant's; `due` is of all."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self.endpoints = Webhooks(scope, keys)
        self.deliveries = Deliveries(scope)
        self.callers = Callers(scope)
        self.due = Dues(scope)

    async def owe(self, deliveries: Sequence[Delivery]) -> None:
        """Adds what is owed; what is there already stays as it is."""
        await self.due.set(await self.deliveries.add_new(deliveries))

    async def put(self, delivery: Delivery) -> None:
        """Writes a delivery, and when it is to be tried."""
        await self.deliveries.put(delivery)
        if delivery.next_at is None:
            await self.due.end([delivery.id])
        else:
            await self.due.set([delivery])

    async def remove(self, webhook: str) -> bool:
        """Takes an endpoint away with what it was owed; says whether it was there."""
        there = await self.endpoints.remove(webhook)
        await self._let_go({"webhook": webhook}, BATCH)
        return there

    async def forget_customer(self, customer: str) -> None:
        """No delivery names the customer any more."""
        await self._let_go({"about": f"customer:{customer}"})

    async def erase(self, subject: str, now: datetime) -> dict[str, int]:
        """Deletes what is about a person and their calls; how many, by collection."""
        calls = await self.callers.erase(subject, now)
        theirs = {"about": {"$in": [f"call:{one}" for one in calls]}}
        gone = await self._let_go({"$or": [{"subject": subject}, theirs]})
        return {DELIVERIES.name: len(gone), CALLERS.name: len(calls)}

    async def _let_go(self, query: Document, limit: int = 0) -> list[str]:
        gone = await self.deliveries.take_out(query, limit)
        await self.due.end(gone)
        return gone
