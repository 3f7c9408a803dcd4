"""Who may read a trail, and that they did."""

from typing import Annotated

from libs.common import clock
from libs.common.events import AuditSealed, Note
from libs.common.service import Caller, acting
from services.consent.domain.audit.reading import Shown, shows_something, was_shown
from services.consent.store import Store

Reader = Annotated[Caller[Store], acting("audit:read")]

LOOKED_BACK = 200


async def note_reading(who: Caller[Store], shown: Shown) -> None:
    """Puts on record, before the answer, that entries of the trail are shown.

    The latest entries and the bundle hold this note itself the next time: see
    `domain/audit/reading`.
    """
    if shown.what in ("latest", "bundle"):
        latest = await _readings(who.store)
        if was_shown(latest, who.actor, shown, clock.now()):
            return
    facts = {"operation": who.operation, **shown.facts()}
    note = Note(action="audit.read", actor=who.actor, object=shown.what, facts=facts)
    await who.put_on_record(note)


async def _readings(store: Store) -> list[AuditSealed]:
    """The latest entries, as far back as they are notes of readings."""
    found: list[AuditSealed] = []
    async for one in store.audit.entries.latest():
        if len(found) == LOOKED_BACK or shows_something([one]):
            break
        found.append(one)
    return found
