"""What a request asks for is done, or ordered from those who must do it."""

from base64 import b64encode

from libs.common.events import CorrectionOrdered, Note
from libs.common.mongo import Work
from services.consent.domain.ledger.causes import record_id
from services.consent.domain.ledger.record import Act, in_milliseconds
from services.consent.domain.rights import certificate, steps
from services.consent.domain.rights.request import Request
from services.consent.domain.rights.stores import REQUIRED
from services.consent.store import Store, exporting, naming
from services.consent.store.announcing import announce
from services.consent.store.erasing import begin, hush

_ACTS = {"objection": ("object", "profiling"), "restriction": ("restrict", "all")}


async def fulfil(request: Request, actor: str, store: Store, work: Work) -> Request:
    """Takes a request in hand whose person is known, and writes it as it is then."""
    match request.kind:
        case "erasure" | "access" if request.customers is None:
            if request.kind == "erasure":
                await hush(request, store, work)
            return await naming.ask(request, store, work)
        case "erasure" | "access":
            return await _order(request, actor, store, work)
        case "correction":
            return await _correct(request, actor, store, work)
        case _:
            return await _enter(request, actor, store, work)


async def go_on(request: Request, holders: tuple[str, ...], store: Store, work: Work) -> Request:
    """It is known whose records have the number: where nobody else has it, all is ordered."""
    if len(holders) < 2:
        return await _order(request, steps.prover(request), store, work)
    return await naming.wait(request, holders, store, work)


async def _order(request: Request, actor: str, store: Store, work: Work) -> Request:
    if request.kind == "erasure":
        return await begin(request, actor, store, work)
    work.note(_note("export", actor, request))
    return await exporting.begin(request, store, work)


async def _correct(request: Request, actor: str, store: Store, work: Work) -> Request:
    """The store of the record takes a correction in."""
    if request.correction is None or not request.customers:
        raise ValueError("a correction says what is to be changed, and in which record")
    work.emit(
        CorrectionOrdered(
            request_id=request.id,
            subject=request.subject,
            at=work.now,
            customer_id=request.customers[0],
            sealed=b64encode(request.correction).decode(),
        )
    )
    work.note(_note("correction", actor, request))
    awaiting = {"awaiting": REQUIRED["correction"]}
    return await store.rights.keep(request.model_copy(update=awaiting))


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
            "who": actor.rpartition(":")[2],
        }
    )
    book = await store.enter(request.subject, act, work.now, store.rights.number(request))
    announce(book, work)
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
