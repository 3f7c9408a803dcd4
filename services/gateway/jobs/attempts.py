"""One attempt: its claim and its settlement, each a transaction of its own."""

from datetime import timedelta
from typing import Final

from libs.common import clock
from libs.common.events import Note
from libs.common.mongo import Work
from services.gateway.clients import Letter
from services.gateway.domain.hooks import signing
from services.gateway.domain.hooks.delivery import Delivery, Outcome
from services.gateway.domain.hooks.endpoint import Endpoint
from services.gateway.store import Due, Store

LEASE: Final = timedelta(seconds=60)
"""How long an attempt is left alone; a process that died leaves it to the next one. An app may get
a delivery twice for it, under one id."""


class Claim:
    """Takes a delivery in hand, if it is still to be sent."""

    def __init__(self, due: Due) -> None:
        self._due = due

    async def run(self, store: Store, work: Work) -> Letter | None:
        """What is to be sent, signed; None where another was faster, or nobody wants it now."""
        if not await store.hooks.due.claim(self._due, work.now + LEASE):
            return None
        delivery = await store.hooks.deliveries.get(self._due.delivery)
        endpoint = await store.hooks.endpoints.get(self._due.webhook)
        if delivery is None or delivery.state != "pending" or endpoint is None:
            await store.hooks.due.end([self._due.delivery])
            return None
        if endpoint.disabled:
            await store.hooks.put(delivery.given_up())
            return None
        return _letter(delivery, endpoint, store, work)


class Settle:
    """Writes down what an attempt came to: of the delivery, and for its endpoint."""

    def __init__(self, due: Due, outcome: Outcome, luck: float) -> None:
        self._due = due
        self._outcome = outcome
        self._luck = luck

    async def run(self, store: Store, work: Work) -> None:
        """Nothing of a delivery that was deleted meanwhile, or that another attempt has ended."""
        delivery = await store.hooks.deliveries.get(self._due.delivery)
        if delivery is not None and delivery.state == "pending":
            await store.hooks.put(delivery.after(self._outcome, work.now, self._luck))
        endpoint = await store.hooks.endpoints.get(self._due.webhook)
        if endpoint is not None:
            await self._judge(endpoint, store, work)

    async def _judge(self, endpoint: Endpoint, store: Store, work: Work) -> None:
        after = endpoint.after(self._outcome, work.now)
        if after == endpoint:
            return
        await store.hooks.endpoints.put(after)
        if after.disabled:
            note = Note(
                action="webhook.disabled",
                actor="service:gateway",
                object=after.id,
                reason=after.disabled,
            )
            work.note(note)


def _letter(delivery: Delivery, endpoint: Endpoint, store: Store, work: Work) -> Letter:
    opened = [store.hooks.endpoints.open(one) for one in endpoint.signing(work.now)]
    signed = signing.headers(delivery.id, clock.now(), delivery.body, opened)
    return Letter(endpoint.url, delivery.body, signed)
