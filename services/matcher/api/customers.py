"""Customers, one at a time."""

from typing import Annotated, Any

from fastapi import APIRouter, Response

from libs.common.events import CustomerRemoved, Note
from libs.common.mongo import Document, Work
from libs.common.service import Caller, acting
from libs.common.web import (
    CHANGED,
    Cursor,
    CursorText,
    IfMatch,
    Limit,
    Page,
    Problem,
    check_match,
    etag_of,
    not_found,
    refuses,
)
from services.matcher.api.shapes import CustomerIn, CustomerOut
from services.matcher.domain.drafts import Draft
from services.matcher.domain.faults import SUPPRESSED
from services.matcher.store import Store, saved

router = APIRouter(prefix="/v1/customers", tags=["customers"])

Reader = Annotated[Caller[Store], acting("customers:read")]
Writer = Annotated[Caller[Store], acting("customers:write")]

_REFUSALS = refuses(409, {"erased": SUPPRESSED}) | refuses(
    422, {"unusable_customer": "Correct the fields named below."}
)


@router.get("", summary="List customers, the last written first")
async def list_customers(
    who: Reader, limit: Limit = 50, cursor: CursorText = None
) -> Page[CustomerOut]:
    """The tenant's customers."""
    pages = Cursor("customers", who.tenant.tenant)
    rows = await who.store.customers.page(pages.read_place(cursor), limit)
    following = pages.after(rows, limit, lambda row: (row["updated_at"], row["_id"]))
    await who.saw("customers", len(rows))
    restricted = await who.store.restrictions.among(rows)
    return Page(data=[CustomerOut.of(row, who, restricted) for row in rows], next_cursor=following)


@router.get("/{customer_id}", summary="One customer")
async def get_customer(customer_id: str, who: Reader) -> CustomerOut:
    """The customer with this id."""
    row = await who.store.customers.get(customer_id)
    if row is None:
        raise not_found()
    await who.saw(customer_id, person=row["subject"])
    return await _shown(row, who)


@router.post("", status_code=201, summary="Add a customer", responses=_REFUSALS)
async def create_customer(given: CustomerIn, who: Writer, response: Response) -> CustomerOut:
    """Adds the customer, or writes the one that has the same id, e-mail, or name and number."""
    draft = given.draft(who.tenant.region)

    async def body(store: Store, work: Work) -> Document:
        back = await _admit(
            draft, given, await store.customers.get(store.customers.id_of(draft)), store
        )
        row = await store.customers.save(draft, "api", given.lawful_basis, work.now)
        return await _told(row, given if back else None, who, store, work)

    row = await who.write(body)
    response.headers["Location"] = f"/v1/customers/{row['_id']}"
    return await _shown(row, who)


@router.put(
    "/{customer_id}",
    summary="Write a customer anew",
    responses=_REFUSALS | refuses(412, CHANGED),
)
async def replace_customer(
    customer_id: str,
    given: CustomerIn,
    who: Writer,
    response: Response,
    if_match: IfMatch = None,
) -> CustomerOut:
    """Replaces what is known of the customer; the id stays.

    With `If-Match`, only where it is still as it was read.
    """
    draft = given.draft(who.tenant.region)

    async def body(store: Store, work: Work) -> Document:
        there = await store.customers.get(customer_id)
        if there is None:
            raise not_found()
        check_match(if_match, await _shown(there, who))
        back = await _admit(draft, given, there, store)
        row = await store.customers.replace(customer_id, draft, given.lawful_basis, work.now)
        return await _told(row or there, given if back else None, who, store, work)

    shown = await _shown(await who.write(body), who)
    response.headers["ETag"] = etag_of(shown)
    return shown


@router.delete("/{customer_id}", status_code=204, summary="Remove a customer")
async def remove_customer(customer_id: str, who: Writer) -> None:
    """Removes the customer's record from the agency's list."""

    async def body(store: Store, work: Work) -> None:
        row = await store.customers.get(customer_id)
        if row is None or not await store.customers.remove(customer_id):
            raise not_found()
        work.emit(CustomerRemoved(customer_id=customer_id, removed_at=work.now))
        work.note(_note("customer.removed", row, who))

    await who.write(body)


async def _shown(row: Document, who: Caller[Store]) -> CustomerOut:
    return CustomerOut.of(row, who, await who.store.restrictions.among([row]))


async def _admit(draft: Draft, given: CustomerIn, there: Document | None, store: Store) -> bool:
    """Whether it brings somebody back who was erased. Raises Problem 409 where none says why."""
    back = await store.brings_back(draft, there)
    if back and not given.renewed_basis:
        raise Problem(409, "erased", SUPPRESSED)
    return back


async def _told(
    row: Document, back: CustomerIn | None, who: Caller[Store], store: Store, work: Work
) -> Document:
    """Tells of the record; that it brings somebody `back` goes on record too."""
    work.emit(saved(row))
    reason = None
    if back and back.renewed_basis:
        await store.customers.renew([row["_id"]], back.renewed_basis, work.now)
        reason = "renewed_basis"
    facts = {"version": row["version"], "lawful_basis": row["lawful_basis"]}
    work.note(_note("customer.saved", row, who, reason=reason, facts=facts))
    return row


def _note(action: str, row: Document, who: Caller[Store], **told: Any) -> Note:
    return Note(action=action, actor=who.actor, person=row["subject"], object=row["_id"], **told)
