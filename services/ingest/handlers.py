"""Events in: ingest keeps its own dead letters, and looks for people who leave in them."""

from libs.common.events import ErasureOrdered, WebhookQuarantined
from libs.common.mongo import Work
from services.ingest.store import Store


async def keep_quarantined(webhook: WebhookQuarantined, store: Store, work: Work) -> None:
    """Puts the webhook where operators find it."""
    await store.keep(webhook)


async def erase(order: ErasureOrdered, store: Store, work: Work) -> None:
    """A person leaves: a job looks for them, since everything sealed has to be read for it."""
    await store.erasing.add(order, work.now)
