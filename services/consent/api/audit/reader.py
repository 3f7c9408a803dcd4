"""Who may read a trail, and that they did."""

from collections.abc import Sequence
from typing import Annotated, Literal

from libs.common import clock
from libs.common.events import AuditSealed, Note
from libs.common.service import Caller, acting
from services.consent.domain.audit.reading import shows_something, was_shown
from services.consent.store import Store

Reader = Annotated[Caller[Store], acting("audit:read")]

What = Literal["latest", "entries", "proof", "bundle"]
LOOKED_BACK = 200


async def note_reading(
    who: Caller[Store],
    what: What,
    documents: int,
    filters: Sequence[str] = (),
    limit: int | None = None,
) -> None:
    """Puts on record, before the answer, that entries of the trail are shown.

    `filters` are the kinds of what was asked by, never what was asked for. The latest entries and
    the bundle hold this note itself the next time: see `domain/audit/reading`.
    """
    if what in ("latest", "bundle"):
        latest = await _readings(who.store)
        if was_shown(latest, who.actor, what, limit, clock.now()):
            return
    facts: dict[str, str | int | bool] = {"operation": who.operation, "documents": documents}
    if limit:
        facts["limit"] = limit
    if filters:
        facts["filters"] = ",".join(filters)
    await who.put_on_record(Note(action="audit.read", actor=who.actor, object=what, facts=facts))


async def _readings(store: Store) -> list[AuditSealed]:
    """The latest entries, as far back as they are notes of readings."""
    found: list[AuditSealed] = []
    async for one in store.audit.entries.latest():
        if len(found) == LOOKED_BACK or shows_something([one]):
            break
        found.append(one)
    return found
