"""Whose records a request is about; an Admin takes more time for it, or refuses it."""

from fastapi import APIRouter

from libs.common import profiles
from libs.common.events import Note
from libs.common.mongo import Work
from libs.common.web import Problem, refuses
from services.consent.api.rights.acting import CLOSED, Decider, Writer, conflict, open_one
from services.consent.api.rights.shapes import ExtendIn, NameIn, RefuseIn, RequestOut
from services.consent.domain.rights import deadlines, steps, words
from services.consent.domain.rights.request import Extension, Refusal, Request
from services.consent.store import Store
from services.consent.store.fulfilling import fulfil
from services.consent.store.telling import news, tell

router = APIRouter(prefix="/v1", tags=["privacy"])

_UNDER_WAY = "The person is being erased; that cannot be undone."
_EXTENDED_BEFORE = "More time was taken already; it is taken once."
_TOO_LATE = "It is due already. Do what is asked, or refuse it."
_NO_NAME_WANTED = "This request does not wait for a name. Look at the request."
_NO_HOLDER = "Name records that have this number: those of `holders`."


@router.post(
    "/privacy/requests/{request_id}:name",
    summary="Say which of several customers asks",
    responses=refuses(409, CLOSED | {"no_name_wanted": _NO_NAME_WANTED})
    | refuses(422, {"no_holder": _NO_HOLDER}),
)
async def name_privacy_request(request_id: str, given: NameIn, who: Writer) -> RequestOut:
    """Where several customers have the number. The request is carried out from now on, for these.

    The others' records stay, but an erasure takes the number out of them: it is the person's.
    """
    named = tuple(dict.fromkeys(given.customers))

    async def body(store: Store, work: Work) -> Request:
        request = await open_one(request_id, store)
        if not request.holders:
            raise conflict("no_name_wanted", _NO_NAME_WANTED)
        if not set(named) <= set(request.holders):
            raise Problem(422, "no_holder", _NO_HOLDER)
        work.note(_note("named", request, who.actor))
        return await fulfil(steps.named(request, named), who.actor, store, work)

    return RequestOut.of(await who.write(body), who.store)


@router.post(
    "/privacy/requests/{request_id}:extend",
    summary="Take more time for a request",
    responses=refuses(409, CLOSED | {"extended_before": _EXTENDED_BEFORE, "too_late": _TOO_LATE}),
)
async def extend_privacy_request(request_id: str, given: ExtendIn, who: Decider) -> RequestOut:
    """Once, and only before it is due: the law wants the person to be told before.

    Whoever has shown who they are is told by text; tell the others on the channel they came by.
    """

    async def body(store: Store, work: Work) -> Request:
        request = _extensible(await open_one(request_id, store), work)
        extension = Extension(
            at=work.now,
            who=who.principal.user,
            reason=store.rights.seal_words(given.reason),
            first_due_at=request.due_at,
        )
        due = profiles.load(work.tenant.profile).due
        longer = deadlines.extended(request, extension, due, work.timezone)
        work.note(_note("extended", request, who.actor))
        until, language = longer.due_at.astimezone(work.timezone), work.tenant.language
        text = words.extended(work.tenant.name, until, given.reason, language)
        _tell(request, text, store, work)
        return await store.rights.keep(longer)

    return RequestOut.of(await who.write(body), who.store)


@router.post(
    "/privacy/requests/{request_id}:refuse",
    summary="Refuse a request",
    responses=refuses(409, CLOSED | {"under_way": _UNDER_WAY}),
)
async def refuse_privacy_request(request_id: str, given: RefuseIn, who: Decider) -> RequestOut:
    """With a reason that the person is told. An erasure that is under way cannot be refused."""

    async def body(store: Store, work: Work) -> Request:
        request = await open_one(request_id, store)
        if request.erasure:
            raise conflict("under_way", _UNDER_WAY)
        refusal = Refusal(
            at=work.now,
            who=who.principal.user,
            ground=given.ground,
            sentence=store.rights.seal_words(given.sentence),
        )
        work.note(_note("refused", request, who.actor, given.ground))
        text = words.refused(work.tenant.name, given.sentence, work.tenant.language)
        _tell(request, text, store, work)
        return await store.rights.keep(steps.refused(request, refusal))

    return RequestOut.of(await who.write(body), who.store)


def _extensible(request: Request, work: Work) -> Request:
    if request.extension:
        raise conflict("extended_before", _EXTENDED_BEFORE)
    if work.now >= request.due_at:
        raise conflict("too_late", _TOO_LATE)
    return request


def _tell(request: Request, text: str, store: Store, work: Work) -> None:
    if request.verified:
        tell(request, news(text, work.now), store, work)


def _note(verb: str, request: Request, by: str, reason: str | None = None) -> Note:
    return Note(
        action=f"privacy.{verb}",
        actor=by,
        outcome="refused" if verb == "refused" else "done",
        person=request.subject,
        object=request.id,
        reason=reason,
        facts={"kind": request.kind},
    )
