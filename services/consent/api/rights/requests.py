"""Requests are opened, found on the board, and shown."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from libs.common.mongo import Work
from libs.common.service import Caller
from libs.common.web import (
    Cursor,
    CursorText,
    IdempotencyKey,
    Limit,
    Moment,
    Page,
    key_taken,
    not_found,
    refuses,
    replayed,
)
from services.consent.api.rights.acting import Reader, Writer, conflict
from services.consent.api.rights.shapes import UNUSABLE_REQUEST, Proof, RequestIn, RequestOut
from services.consent.api.shapes import UNUSABLE_NUMBER
from services.consent.domain.ledger.mark import Mark
from services.consent.domain.rights.asked import Asking
from services.consent.domain.rights.certificate import digest
from services.consent.domain.rights.request import Kind, Request, Status
from services.consent.store import Store
from services.consent.store.opening import open_request
from services.consent.store.rights import Sought

router = APIRouter(prefix="/v1", tags=["privacy"])

_NOT_COMPLETED = "There is a certificate once the request is completed."


def _sought(
    open_ones: Annotated[
        bool | None, Query(alias="open", description="Only those that are, or are not, done with.")
    ] = None,
    status: Status | None = None,
    kind: Kind | None = None,
    due_before: Annotated[Moment | None, Query(description="Only those due before this.")] = None,
) -> Sought:
    return Sought(open_ones, status, kind, due_before)


@router.post(
    "/privacy/requests",
    status_code=201,
    summary="Write down what a person asks for",
    responses=refuses(422, UNUSABLE_NUMBER | UNUSABLE_REQUEST),
)
async def open_privacy_request(
    given: RequestIn, who: Writer, response: Response, idempotency_key: IdempotencyKey = None
) -> RequestOut:
    """Opens a request and starts its clock. Whether anything is kept of the number is not told.

    Nothing is done before it is known that the person asks: send a code, or attest how you know.
    """
    asking = _asking(given, who, idempotency_key)

    async def body(store: Store, work: Work) -> tuple[Request, bool]:
        known = await store.rights.requests.get(asking.id)
        return known or await open_request(asking, store, work), known is not None

    request, again = await who.write(body)
    if request.fingerprint != asking.fingerprint:
        raise key_taken()
    location = {"Location": f"/v1/privacy/requests/{request.id}"}
    response.headers.update(location | replayed(again))
    return RequestOut.of(request, who.store)


@router.get("/privacy/requests", summary="List requests, the soonest due first")
async def list_privacy_requests(
    who: Reader,
    sought: Annotated[Sought, Depends(_sought)],
    limit: Limit = 50,
    cursor: CursorText = None,
) -> Page[RequestOut]:
    """The board: all requests, or those that are asked for."""
    pages = Cursor("privacy/requests", who.tenant.tenant)
    found = await who.store.rights.requests.list(sought, pages.read_place(cursor), limit)
    following = pages.after(found, limit, lambda request: (request.due_at, request.id))
    shown = [RequestOut.of(request, who.store) for request in found]
    await who.saw("privacy_requests", len(found))
    return Page(data=shown, next_cursor=following)


@router.get("/privacy/requests/{request_id}", summary="Show a request")
async def get_privacy_request(request_id: str, who: Reader) -> RequestOut:
    """How far it has come, and by when it is due."""
    request = await _found(request_id, who)
    await who.saw(request_id, person=_person(request))
    return RequestOut.of(request, who.store)


@router.get(
    "/privacy/requests/{request_id}/certificate",
    summary="Show what was done, as proof",
    responses=refuses(409, {"not_completed": _NOT_COMPLETED}),
)
async def get_privacy_certificate(request_id: str, who: Reader) -> Proof:
    """The certificate of a completed request; several requests of one erasure have the same."""
    request = await _found(request_id, who)
    if request.certificate is None:
        raise conflict("not_completed", _NOT_COMPLETED)
    await who.saw(request_id, person=_person(request))
    proof = json.loads(request.certificate)
    return Proof(certificate=proof, sha256=digest(request.certificate))


def _person(request: Request) -> str | None:
    """Whose it is; of an erasure nobody is named, since its notes outlive the person's link."""
    return None if request.erasure else request.subject


async def _found(request_id: str, who: Caller[Store]) -> Request:
    request = await who.store.rights.requests.get(request_id)
    if request is None:
        raise not_found()
    return request


def _asking(given: RequestIn, who: Caller[Store], key: str | None) -> Asking:
    mark = Mark.of(key, given.told(), who.store.code, "req")
    region, rights = who.tenant.region, who.store.rights
    e164, change = given.e164(region), given.change(region)
    return Asking(
        id=mark.id,
        fingerprint=mark.fingerprint,
        kind=given.kind,
        channel=given.channel,
        subject=who.store.subject_of(e164),
        number=rights.seal_number(e164),
        received_at=given.came_at(),
        opened_by=who.principal.user,
        customers=tuple(given.customers) if given.customers else None,
        correction=rights.seal_change(change) if change else None,
    )
