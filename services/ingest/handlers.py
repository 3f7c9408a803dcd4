"""Events in: ingest keeps its own dead letters, and looks for people who leave in them."""

from libs.common.events import ErasureOrdered, ExportOrdered, WebhookQuarantined
from libs.common.mongo import Work
from services.ingest.store import Store


async def keep_quarantined(webhook: WebhookQuarantined, store: Store, work: Work) -> None:
    """Puts the webhook where operators find it."""
    await store.keep(webhook)


async def erase(order: ErasureOrdered, store: Store, work: Work) -> None:
    """A person leaves: a job looks for them, since everything sealed has to be read for it."""
    await store.erasing.add(order, work.now)


async def tell(order: ExportOrdered, store: Store, work: Work) -> None:
    """A person wants to see what is kept of them: here, how much was set aside unread."""
    rows = await store.told(order.subject, work.tenant.region)
    for part in store.teller.parts(order, "ingest", work.now, rows):
        work.emit(part)
