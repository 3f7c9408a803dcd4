"""All that is kept of a person is gathered from the stores, and made into a package.

What a step writes and says is one transaction, as in an erasure; only the package itself is made
between two of them.
"""

from dataclasses import dataclass
from datetime import timedelta

from libs.common import profiles
from libs.common.events import ExportOrdered, ExportPart, Note, TenantSaved
from libs.common.mongo import Work
from services.consent.domain.rights import handing, steps
from services.consent.domain.rights.package import Material
from services.consent.domain.rights.request import Request
from services.consent.store import Store, naming


@dataclass(frozen=True)
class Made:
    """A package, and what it was made of."""

    content: bytes
    material: Material


async def begin(request: Request, store: Store, work: Work) -> Request:
    """Asks every store."""
    asked = handing.begun(request, work.now)
    await _order(asked, store, work)
    return await store.rights.keep(asked)


async def take_in(part: ExportPart, store: Store, work: Work) -> None:
    """A piece of what a store has; after the last piece of the last store the package is due."""
    request = await store.rights.requests.get(part.request_id)
    if request is None or not handing.under_way(request):
        return
    if part.subject != request.subject or (request.told_from and part.at < request.told_from):
        return
    whole = await store.rights.parts.keep(part)
    if not whole or part.store not in request.awaiting:
        return
    work.note(_note("export.answered", request, f"service:{part.store}", parts=part.parts))
    after = handing.answered(request, part.store)
    await store.rights.keep(after)
    if not after.awaiting:
        await store.rights.dues.set(handing.due_of(request.id), work.now)


async def material(
    request_id: str, tenant: TenantSaved, store: Store, work: Work
) -> Material | None:
    """What the package is made of; None while a store has not answered."""
    request = await store.rights.requests.get(request_id)
    if request is None or not handing.under_way(request) or request.awaiting:
        return None
    number, profile = store.rights.number(request), profiles.load(tenant.profile)
    if number is None:
        return None
    return Material(
        request=request.id,
        number=number,
        received_at=request.received_at,
        made_at=work.now,
        agency=tenant.name,
        region=tenant.region,
        language=tenant.language,
        profile=profile,
        kept_days={period.category: period.days for period in await store.periods.all(tenant)},
        read_at=await store.rights.parts.read_at(request_id),
        rows=await store.rights.parts.rows(request_id),
    )


async def go_on(request_id: str, made: Made | None, store: Store, work: Work) -> Request | None:
    """Keeps a package that is made, or asks the stores that are silent again.

    All are asked where an answer was swept before the last one came: see `_anew`.
    """
    request = await store.rights.requests.get(request_id)
    if request is None or not handing.under_way(request):
        await store.rights.dues.set(handing.due_of(request_id), None)
        return request
    read_at = await store.rights.parts.read_at(request_id)
    if request.awaiting:
        await _order(request, store, work)
    elif not handing.whole(read_at):
        return await _anew(request, store, work)
    elif made and made.material.read_at == read_at:
        return await _ready(request, made, store, work)
    return request


async def _anew(request: Request, store: Store, work: Work) -> Request:
    """All are asked once more; first matcher, since others may have got the number meanwhile."""
    if request.customers is not None:
        return await begin(request, store, work)
    await store.rights.dues.set(handing.due_of(request.id), None)
    return await naming.ask(handing.unasked(handing.afresh(request, work.now)), store, work)


async def afresh(subject: str, store: Store, work: Work) -> None:
    """The person is erased: what was gathered goes, and who still waits gets what is left."""
    await store.rights.parts.forget_person(subject)
    await store.rights.packages.forget_person(subject)
    for request in await store.rights.requests.open_of(subject, "access"):
        if not request.unverified:
            await begin(handing.afresh(request, work.now), store, work)


async def _ready(request: Request, made: Made, store: Store, work: Work) -> Request:
    request, noticed = steps.looked_at(request, work.now)  # made too late is late
    for note in noticed:
        work.note(note)
    until = work.now + timedelta(days=made.material.kept_days["packages"])
    await store.rights.packages.put(request, made.content, work.now, until)
    await store.rights.parts.forget(request.id)
    await store.rights.dues.set(handing.due_of(request.id), None)
    work.note(_note("privacy.ready", request, steps.ITSELF, bytes=len(made.content)))
    return await store.rights.keep(handing.ready(request, until))


async def _order(request: Request, store: Store, work: Work) -> None:
    order = {"request_id": request.id, "subject": request.subject, "at": work.now}
    work.emit(ExportOrdered(**order, customers=request.customers))
    await store.rights.dues.set(handing.due_of(request.id), handing.again_at(request, work.now))


def _note(action: str, request: Request, actor: str, **facts: int) -> Note:
    return Note(
        action=action, actor=actor, person=request.subject, object=request.id, facts=dict(facts)
    )
