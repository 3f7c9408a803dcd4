"""A number may be of several people: before anything is ordered it is known whose records go by it.

An order that names none is about whichever record holds the number. Of one that is the person's;
of several somebody at the agency says which, or others' data would be handed out, or deleted.
"""

from libs.common.events import HoldersAsked, Note
from libs.common.mongo import Work
from services.consent.domain.rights import steps
from services.consent.domain.rights.request import Request
from services.consent.store import Store


async def ask(request: Request, store: Store, work: Work) -> Request:
    """Asks matcher, which alone knows."""
    work.emit(HoldersAsked(request_id=request.id, subject=request.subject, at=work.now))
    return await store.rights.keep(steps.asking(request, "matcher"))


async def wait(request: Request, holders: tuple[str, ...], store: Store, work: Work) -> Request:
    """Somebody must say which of these are the person's."""
    work.note(
        Note(
            action="privacy.unnamed",
            actor=steps.ITSELF,
            person=request.subject,
            object=request.id,
            facts={"kind": request.kind, "records": len(holders)},
        )
    )
    return await store.rights.keep(steps.unnamed(request, holders))
