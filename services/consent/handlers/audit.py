"""What all services note of what they do, sealed into the tenant's trail."""

from collections.abc import Sequence

from libs.common.events import AuditNoted
from libs.common.mongo import Work
from services.consent.domain.audit.again import put_on_record
from services.consent.store import Store


async def seal_notes(noted: Sequence[AuditNoted], store: Store, work: Work) -> None:
    """Each note becomes one entry, however often it comes; a job tells of it, in order."""
    sealing = await store.audit.seal(noted, work.now)
    for note in put_on_record(sealing):
        work.note(note)
