"""Events in: ingest keeps its own dead letters."""

from libs.common.events import WebhookQuarantined
from libs.common.mongo import Work
from services.ingest.store import Store


async def keep_quarantined(webhook: WebhookQuarantined, store: Store, work: Work) -> None:
    """Puts the webhook where operators find it."""
    await store.keep(webhook)
