"""It is made sure that the person asks: by a code to the number, or on somebody's word."""

import secrets
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from libs.common.events import Note
from libs.common.mongo import Work
from libs.common.web import Problem, refuses
from services.consent.api.rights.acting import KNOWN_BEFORE, Decider, Writer, unverified_one
from services.consent.api.rights.shapes import AttestIn, CodeIn, CodeSent, RequestOut
from services.consent.domain.rights import steps, words
from services.consent.domain.rights.code import DIGITS, MOST_SENT, Fresh, Verdict, no_more, tried
from services.consent.domain.rights.request import Request, Verified
from services.consent.store import Store
from services.consent.store.fulfilling import fulfil
from services.consent.store.telling import Word, tell

router = APIRouter(prefix="/v1", tags=["privacy"])

_REFUSALS = {
    Verdict.WRONG: (422, "This is not the code. Ask the person again."),
    Verdict.LOCKED: (409, "This code was tried too often. Send another one."),
    Verdict.EXPIRED: (409, "This code is too old. Send another one."),
    Verdict.NONE: (409, "No code was sent for this request. Send one."),
}
_NO_MORE = {
    "no_more_codes": (
        409,
        f"{MOST_SENT} codes were sent for this request. Attest how you know who asks, or refuse.",
    ),
    "too_many_codes": (
        429,
        "Too many codes were sent to this number today. Try tomorrow, or attest how you know who "
        "asks.",
    ),
}


def _refused(table: Mapping[Any, tuple[int, str]], status: int) -> dict[str, str]:
    return {str(code): said for code, (known, said) in table.items() if known == status}


@router.post(
    "/privacy/requests/{request_id}:send-code",
    status_code=202,
    summary="Send a code to the number of a request",
    responses=refuses(409, KNOWN_BEFORE | _refused(_NO_MORE, 409))
    | refuses(429, _refused(_NO_MORE, 429)),
)
async def send_privacy_code(request_id: str, who: Writer) -> CodeSent:
    """Six digits by text, for ten minutes and three tries. The code before is of no more use.

    Three for one request, and six to one number within a day; but for requests that you wrote
    down only three, so that a person who asks by text from that number has three left. They have
    three again whenever they text that again.
    """
    fresh = Fresh(f"{secrets.randbelow(10**DIGITS):0{DIGITS}}", secrets.token_hex(16))

    async def body(store: Store, work: Work) -> CodeSent:
        request = await unverified_one(request_id, store)
        await _may_send(request, store, work)
        code = fresh.kept(request.id, request.code, store.code, work.now)
        asked = request.model_copy(update={"state": "verifying", "code": code})
        text = words.code(work.tenant.name, fresh.digits, work.tenant.language)
        tell(asked, Word("one_time_code", text, code.valid_until), store, work)
        await store.rights.sent.add(request.subject, work.now, own=request.own)
        await store.rights.keep(asked)
        left = MOST_SENT - code.sent
        return CodeSent(status=asked.status, valid_until=code.valid_until, left=left)

    return await who.write(body)


@router.post(
    "/privacy/requests/{request_id}:verify",
    summary="Give the code that the person got",
    responses=refuses(409, KNOWN_BEFORE | _refused(_REFUSALS, 409))
    | refuses(422, _refused(_REFUSALS, 422)),
)
async def verify_privacy_request(request_id: str, given: CodeIn, who: Writer) -> RequestOut:
    """With the right code the request is carried out from now on; three wrong ones end the code."""

    async def body(store: Store, work: Work) -> tuple[Request, Verdict]:
        request = await unverified_one(request_id, store)
        code, verdict = tried(request.code, request.id, given.code, store.code, work.now)
        if verdict is Verdict.FITS:
            how = Verified(at=work.now, by="code", who=who.principal.user)
            return await _proven(request, how, who.actor, store, work), verdict
        work.note(_failed(request, verdict, who.actor))
        return await store.rights.keep(request.model_copy(update={"code": code})), verdict

    request, verdict = await who.write(body)
    if verdict in _REFUSALS:
        status, detail = _REFUSALS[verdict]
        raise Problem(status, verdict, detail)
    return RequestOut.of(request, who.store)


@router.post(
    "/privacy/requests/{request_id}:attest",
    summary="Say how you know who asks",
    responses=refuses(409, KNOWN_BEFORE),
)
async def attest_privacy_request(request_id: str, given: AttestIn, who: Decider) -> RequestOut:
    """An Admin answers for the person's identity; the request is carried out from now on."""

    async def body(store: Store, work: Work) -> Request:
        request = await unverified_one(request_id, store)
        how = Verified(
            at=work.now,
            by="attested",
            who=who.principal.user,
            how=given.how,
            reason=store.rights.seal_words(given.reason),
        )
        return await _proven(request, how, who.actor, store, work)

    return RequestOut.of(await who.write(body), who.store)


async def _proven(request: Request, how: Verified, by: str, store: Store, work: Work) -> Request:
    work.note(
        Note(
            action="privacy.verified",
            actor=by,
            person=request.subject,
            object=request.id,
            reason=how.by,
            facts={"kind": request.kind, **({"how": how.how} if how.how else {})},
        )
    )
    return await fulfil(steps.verified(request, how), by, store, work)


async def _may_send(request: Request, store: Store, work: Work) -> None:
    sent, subject = store.rights.sent, request.subject
    for_agency = () if request.own else await sent.for_agency(subject)
    why = no_more(request.code, await sent.times(subject), work.now, for_agency)
    if why:
        status, detail = _NO_MORE[why]
        raise Problem(status, why, detail)


def _failed(request: Request, verdict: Verdict, by: str) -> Note:
    return Note(
        action="privacy.code_failed",
        actor=by,
        outcome="failed",
        person=request.subject,
        object=request.id,
        reason=verdict,
    )
