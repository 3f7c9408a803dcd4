"""What a store answers."""

from collections.abc import Collection, Mapping
from datetime import datetime

from libs.common.events import Count, ErasureDone, ErasureOrdered


def done(
    order: ErasureOrdered,
    store: str,
    at: datetime,
    deleted: Mapping[str, int],
    others: Collection[str] = (),
) -> ErasureDone:
    """A round is done. `deleted` is documents by collection; where nothing was found, nothing."""
    return ErasureDone(
        request_id=order.request_id,
        subject=order.subject,
        store=store,
        at=at,
        round=order.round,
        deleted=tuple(Count(collection=name, documents=n) for name, n in deleted.items() if n),
        others=tuple(sorted(others)),
    )
