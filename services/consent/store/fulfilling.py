"""What a request asks for is done, or ordered from those who must do it."""

from base64 import b64encode

from libs.common.events import CorrectionOrdered, ExportOrdered, Note
from libs.common.mongo import Work
from services.consent.domain.ledger.causes import record_id
from services.consent.domain.ledger.record import Act, in_milliseconds
from services.consent.domain.rights import certificate, steps
from services.consent.domain.rights.request import Request
from services.consent.domain.rights.stores import REQUIRED
from services.consent.store import Store
from services.consent.store.erasing import begin

_ACTS = {"objection": ("object", "profiling"), "restriction": ("restrict", "all")}


async def fulfil(request: Request, actor: str, store: Store, work: Work) -> Request:
    """Takes a request in hand whose person is known, and writes it as it is then."""
    match request.kind:
        case "erasure":
            return await begin(request, actor, store, work)
        case "access" | "correction":
            return await _order(request, actor, store, work)
        case _:
            return await _enter(request, actor, store, work)


async def _order(request: Request, actor: str, store: Store, work: Work) -> Request:
    """Every store hands over what it has, or takes a correction in."""
    order = {"request_id": request.id, "subject": request.subject, "at": work.now}
    if request.correction is not None:
        (customer,) = request.customers or ()
        sealed = b64encode(request.correction).decode()
        work.emit(CorrectionOrdered(**order, customer_id=customer, sealed=sealed))
    else:
        work.emit(ExportOrdered(**order, customers=request.customers))
    stores = REQUIRED[request.kind]
    work.note(_note("export" if request.kind == "access" else "correction", actor, request))
    return await store.rights.keep(request.model_copy(update={"awaiting": stores}))


async def _enter(request: Request, actor: str, store: Store, work: Work) -> Request:
    """It is an act of the person, and done with when it stands in the ledger."""
    action, purpose = _ACTS[request.kind]
    act = Act.model_validate(
        {
            "id": record_id(f"request/{request.id}"),
            "action": action,
            "purpose": purpose,
            "at": in_milliseconds(work.now),
            "means": "sms" if request.channel == "sms" else "agent",
            "who": actor.removeprefix("user:"),
        }
    )
    book = await store.enter(request.subject, act, work.now, store.rights.number(request))
    for change in book.changes():
        work.emit(change)
    return await complete(request, store, work)


async def complete(request: Request, store: Store, work: Work) -> Request:
    """It is done, and there is a certificate."""
    done = steps.closed(request, "completed", work.now)
    proof = certificate.of_other(work.tenant.tenant, done, work.now)
    work.note(
        Note(
            action="privacy.completed",
            actor=steps.ITSELF,
            person=request.subject,
            object=request.id,
            facts={"kind": request.kind},
        )
    )
    return await store.rights.keep(done.model_copy(update={"certificate": proof}))


def _note(noun: str, actor: str, request: Request) -> Note:
    stores = len(REQUIRED[request.kind])
    return Note(
        action=f"{noun}.ordered",
        actor=actor,
        person=request.subject,
        object=request.id,
        facts={"stores": stores},
    )
