"""Events in: what apps want to hear of is owed to them; who leaves is found in nothing here."""

from libs.common.erased import pass_over
from libs.common.events import ConsentChanged, CustomerRemoved, ErasureOrdered, Event
from libs.common.mongo import Work
from libs.common.privacy import done
from services.gateway.domain.hooks.delivery import owed
from services.gateway.domain.hooks.telling import thin
from services.gateway.store import Store


async def announce(fact: Event, store: Store, work: Work) -> None:
    """Something happened: each endpoint that wants to hear of it is owed a delivery."""
    endpoints = await store.hooks.endpoints.all()
    if not endpoints:
        return
    told = thin(fact, work.now)
    if told.call and not await store.hooks.callers.admits(told.call, told.subject, work.now):
        pass_over(told.type)
        return
    wanting = [one.id for one in endpoints if one.wants(told.type)]
    await store.hooks.owe([owed(told, work.cause, one, work.now) for one in wanting])


async def announce_removal(removal: CustomerRemoved, store: Store, work: Work) -> None:
    """A customer's record was removed: of them, apps hear this and nothing of before."""
    await store.answers.withhold(work.now)
    await store.hooks.forget_customer(removal.customer_id)
    await announce(removal, store, work)


async def announce_consent(change: ConsentChanged, store: Store, work: Work) -> None:
    """What a person allows has changed; of who is restricted nothing is answered a second time."""
    if change.restricted:
        await store.answers.withhold(work.now)
    await announce(change, store, work)


async def erase(order: ErasureOrdered, store: Store, work: Work) -> None:
    """A person leaves: what apps were told and are owed of them goes, and answers that are kept.

    These go whoever they are about, as nobody looks into them.
    """
    deleted = await store.hooks.erase(order.subject, work.now)
    deleted["answers"] = await store.answers.erase(order.at)
    deleted["parked"] = await store.eraser.parked(order.subject, work.tenant.region)
    work.emit(done(order, "gateway", work.now, deleted))
