"""An erasure from its entry to its certificate. All that a step writes and says is one transaction:
a process that is killed at any point has done a step or has not, and another one goes on."""

from datetime import datetime

from libs.common.events import ErasureDone, Note
from libs.common.mongo import Work
from libs.common.phone import variants
from services.consent.domain.ledger.causes import record_id
from services.consent.domain.ledger.record import Act, in_milliseconds
from services.consent.domain.ledger.suppression import Suppression
from services.consent.domain.rights import certificate, steps
from services.consent.domain.rights.erasure import Erasure, leg_of
from services.consent.domain.rights.request import Request
from services.consent.domain.rights.stores import REQUIRED
from services.consent.store import Store, exporting, naming
from services.consent.store.announcing import announce

STORES = REQUIRED["erasure"]


async def begin(request: Request, actor: str, store: Store, work: Work) -> Request:
    """Writes the entry, leaves the person alone from now on, and orders the first round.

    A person whose erasure is under way has one: this request waits for it, and all that came since
    goes with it. Some lines are known by two spellings: what is kept under the other one goes too.
    """
    spelled = _spelled(request, store)
    known = await store.rights.erasures.under_way(request.subject)
    if known:
        entry = known.joined(request.id, request.customers, work.now)
    else:
        entry = _entry(request, tuple(spelled), work)
    await hush(request, store, work)
    _order(entry, known, actor, work)
    await store.rights.keep_erasure(entry)
    waits = {"erasure": entry.id, "awaiting": entry.awaiting}
    return await store.rights.keep(request.model_copy(update=waits))


async def hush(request: Request, store: Store, work: Work) -> None:
    """Leaves the person alone from now on, also while nothing can be ordered yet."""
    at = in_milliseconds(work.now)
    for subject, e164 in _spelled(request, store).items():
        act = _withdrawal(subject, request.id, at)
        await _silence(subject, act, store, work, e164)


async def again(erasure_id: str, store: Store, work: Work) -> Erasure | None:
    """Orders the rounds whose time has come; None where there is nothing to order any more."""
    known = await store.rights.erasures.get(erasure_id)
    if known is None or known.completed_at:
        await store.rights.dues.set(erasure_id, None)
        return None
    entry = known.again(work.now)
    for order in entry.orders(known):
        work.emit(order)
    await store.rights.keep_erasure(entry)
    return entry


async def hear(said: ErasureDone, store: Store, work: Work) -> None:
    """A store's answer: further subjects are ordered, and the last answer completes it."""
    request = await store.rights.requests.get(said.request_id)
    known = (
        await store.rights.erasures.get(request.erasure) if request and request.erasure else None
    )
    if known is None or known.completed_at:
        return
    entry = known.answered(said, STORES, work.now)
    for leg in entry.legs[len(known.legs) :]:
        await _silence(leg.subject, _withdrawal(leg.subject, entry.id, entry.at), store, work)
    for order in entry.orders(known):
        work.emit(order)
    work.note(_answered(entry, said))
    await (_complete(entry, store, work) if entry.done else _wait(entry, known, store))


async def _wait(entry: Erasure, before: Erasure, store: Store) -> None:
    await store.rights.keep_erasure(entry)
    if entry.awaiting != before.awaiting:
        for request in await _requests(entry, store):
            await store.rights.keep(request.model_copy(update={"awaiting": entry.awaiting}))


async def _complete(entry: Erasure, store: Store, work: Work) -> None:
    proof = certificate.of_erasure(work.tenant.tenant, entry, work.now)
    for request in await _requests(entry, store):
        done = steps.closed(request, "completed", work.now, certificate=proof)
        await store.rights.keep(done)
        work.note(_completed("privacy.completed", request.id))
    done_at = {"completed_at": in_milliseconds(work.now)}
    await store.rights.keep_erasure(entry.model_copy(update=done_at))
    for leg in entry.legs:
        await store.rights.sent.forget(leg.subject)
        await exporting.afresh(leg.subject, store, work)
        await _end_corrections(leg.subject, store, work)
        await _ask_anew(leg.subject, store, work)
        await store.eraser.parked(leg.subject, work.tenant.region)
        await store.audit.forget(leg.subject)
    told: dict[str, str | int | bool] = {"certificate": certificate.digest(proof)}
    work.note(_completed("erasure.completed", entry.id, told))


async def _end_corrections(subject: str, store: Store, work: Work) -> None:
    """There is nothing left to be corrected, and what they say is the person's too."""
    for request in await store.rights.requests.open_of(subject, "correction"):
        await store.rights.keep(steps.declined(request, steps.NO_RECORD, work.now))


async def _ask_anew(subject: str, store: Store, work: Work) -> None:
    """Who waited for a name may be the only one, or nobody, by now."""
    for request in await store.rights.requests.open_of(subject, "erasure"):
        if request.unordered:
            await naming.ask(request, store, work)


async def _requests(entry: Erasure, store: Store) -> list[Request]:
    found = [await store.rights.requests.get(one) for one in entry.requests]
    return [request for request in found if request]


async def _silence(
    subject: str, act: Act, store: Store, work: Work, e164: str | None = None
) -> None:
    """The person wants to hear nothing more. A number is suppressed as far as it is known."""
    if e164:
        await store.suppressions.put(e164, Suppression("erasure", act.at))
    book = await store.enter(subject, act, work.now, e164)
    announce(book, work)


def _spelled(request: Request, store: Store) -> dict[str, str | None]:
    """The person's number in each spelling, by subject; the one of the request first."""
    e164 = store.rights.number(request)
    others = {store.subject_of(one): one for one in variants(e164)} if e164 else {}
    return {request.subject: e164, **others}


def _entry(request: Request, subjects: tuple[str, ...], work: Work) -> Erasure:
    key = request.id.partition("_")[2]
    return Erasure(
        id=f"era_{key}",
        subject=request.subject,
        request=request.id,
        requests=(request.id,),
        customers=request.customers,
        at=work.now,
        begun_at=work.now,
        record=_record(request.subject, request.id),
        legs=tuple(leg_of(one, STORES, work.now) for one in subjects),
    )


def _withdrawal(subject: str, cause: str, at: datetime) -> Act:
    return Act(
        id=_record(subject, cause),
        action="withdraw",
        purpose="all",
        at=at,
        means="erasure",
        who="the person",
    )


def _record(subject: str, cause: str) -> str:
    return record_id(f"erasure/{cause}/{subject}")


def _order(entry: Erasure, known: Erasure | None, actor: str, work: Work) -> None:
    for order in entry.orders(known):
        work.emit(order)
    # Notes of an erasure name nobody: the link from the person to its entries is deleted with it.
    facts: dict[str, str | int | bool] = {"stores": len(STORES), "joined": known is not None}
    work.note(Note(action="erasure.ordered", actor=actor, object=entry.id, facts=facts))


def _answered(entry: Erasure, said: ErasureDone) -> Note:
    deleted = sum(count.documents for count in said.deleted)
    return Note(
        action="erasure.answered",
        actor=f"service:{said.store}",
        object=entry.id,
        facts={"round": said.round, "documents": deleted},
    )


def _completed(action: str, what: str, facts: dict[str, str | int | bool] | None = None) -> Note:
    return Note(action=action, actor=steps.ITSELF, object=what, facts=facts or {})
