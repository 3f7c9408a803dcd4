"""Events in: a person wants to see what is kept, and the stores hand it over."""

from libs.common.events import ExportOrdered, ExportPart
from libs.common.mongo import Work
from services.consent.store import Store
from services.consent.store.exporting import take_in


async def tell(order: ExportOrdered, store: Store, work: Work) -> None:
    """A person wants to see what is kept of them; consent is asked as the others are."""
    rows = await store.telling.of(order)
    for part in store.telling.teller.parts(order, "consent", work.now, rows):
        work.emit(part)


async def note_part(part: ExportPart, store: Store, work: Work) -> None:
    """A store hands over a piece of what it has."""
    await take_in(part, store, work)
