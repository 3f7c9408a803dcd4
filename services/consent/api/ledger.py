"""What one person allows: written down, looked up, and proven."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from libs.common.events import ConsentChanged
from libs.common.mongo import Work
from libs.common.service import Caller, acting
from libs.common.web import (
    NOT_FOUND,
    Cursor,
    CursorText,
    IdempotencyKey,
    Limit,
    Page,
    key_taken,
    not_found,
    refuses,
    replayed,
)
from services.consent.api.falling import below
from services.consent.api.shapes import (
    UNUSABLE_ACT,
    UNUSABLE_NUMBER,
    ConsentIn,
    History,
    Whose,
    Written,
)
from services.consent.domain.ledger.book import Book
from services.consent.domain.ledger.mark import Mark
from services.consent.domain.ledger.record import Record
from services.consent.store import Store
from services.consent.store.announcing import announce

router = APIRouter(prefix="/v1", tags=["consents"])

Reader = Annotated[Caller[Store], acting("consents:read")]
Writer = Annotated[Caller[Store], acting("consents:write")]


@router.post(
    "/consents",
    status_code=201,
    summary="Write down what a person allows or refuses",
    responses=refuses(422, UNUSABLE_NUMBER | UNUSABLE_ACT),
)
async def write_consent(
    given: ConsentIn, who: Writer, response: Response, idempotency_key: IdempotencyKey = None
) -> Written:
    """Adds a record. The latest act of the person counts, whatever is written down later.

    A grant without `at` was given now: sent again after the person wrote STOP, it would lift the
    stop. Give `at`, or an `Idempotency-Key`: a repetition answers the same record, and the state of
    today.
    """
    mark = Mark.of(idempotency_key, given.told(), who.store.code)
    e164, act = given.e164(who.tenant.region), given.act(who.principal.user, mark)

    async def body(store: Store, work: Work) -> Book:
        book = await store.enter(store.subject_of(e164), act, work.now, e164)
        announce(book, work)
        return book

    book = await who.write(body)
    written = Written.of(book, _asked(book, mark))
    response.headers["Location"] = f"/v1/consents/{book.subject}"
    response.headers.update(replayed(not book.fresh))
    return written


@router.post(
    "/consents:find",
    summary="What the person with a number allows",
    responses=refuses(404, NOT_FOUND) | refuses(422, UNUSABLE_NUMBER),
)
async def find_consent(given: Whose, who: Reader) -> ConsentChanged:
    """The state; the number stands in the body, so that no log of paths holds it."""
    state = await _state(who, who.store.subject_of(given.e164(who.tenant.region)))
    await who.saw("consent", person=state.subject)
    return state


@router.get("/consents", summary="List what people allow, the last changed first")
async def list_consents(
    who: Reader,
    limit: Limit = 50,
    cursor: CursorText = None,
    suspected: Annotated[
        bool, Query(description="Only people of whom somebody must decide what they meant.")
    ] = False,
) -> Page[ConsentChanged]:
    """The states of the tenant's people."""
    pages = Cursor("suspected" if suspected else "consents", who.tenant.tenant)
    states = await who.store.ledger.states(pages.read_place(cursor), limit, suspected)
    following = pages.after(states, limit, lambda state: (state.changed_at, state.subject))
    await who.saw("consents", len(states))
    return Page(data=states, next_cursor=following)


@router.get("/consents/{subject}", summary="What one person allows, with the proof")
async def get_consent(
    subject: str, who: Reader, limit: Limit = 50, cursor: CursorText = None
) -> History:
    """The state and the ledger of one person."""
    state = await _state(who, subject)
    pages = Cursor(f"consents/{subject}", who.tenant.tenant)
    records = await who.store.ledger.records(subject, below(pages, cursor), limit)
    following = pages.after(records, limit, lambda record: (record.seq,))
    await who.saw("consent", len(records) or 1, subject)  # the state is shown on every page
    return History(state=state, data=records, next_cursor=following)


def _asked(book: Book, mark: Mark) -> Record:
    """The record that was asked for. Raises Problem 422 where the key stands for another one."""
    record = book.record(mark.id)
    if record.fingerprint != mark.fingerprint:
        raise key_taken()
    return record


async def _state(who: Caller[Store], subject: str) -> ConsentChanged:
    state = await who.store.ledger.state(subject)
    if state is None:
        raise not_found()
    return state
