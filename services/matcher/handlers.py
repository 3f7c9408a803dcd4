"""Events in: a call that rings, and a text, are matched; people are restricted, leave, are
corrected, and see what is kept of them.

Of who is restricted no candidate is named: the answer is the one for a number on no file.
"""

from datetime import datetime

from libs.common.events import (
    CallStarted,
    ConsentChanged,
    CorrectionOrdered,
    CustomerRemoved,
    ErasureOrdered,
    ExportOrdered,
    HoldersAsked,
    HoldersTold,
    MessageReceived,
)
from libs.common.mongo import Work
from libs.common.privacy import done
from services.matcher.domain.correction import answered, attempted
from services.matcher.domain.ranking import Asked, Ranking, rank
from services.matcher.store import Store, saved


async def match_call(call: CallStarted, store: Store, work: Work) -> None:
    """Answers an incoming call with its candidates, or with none, or with withheld."""
    if call.direction != "incoming":
        return
    asked = Asked(call.party_kind, call.party, call.attestation)
    answer = await _answer(asked, call.started_at, store, work)
    work.emit(answer.of_call(call.session_id, call.subject, work.now))


async def match_message(message: MessageReceived, store: Store, work: Work) -> None:
    """Answers a text of somebody with a number; no network attests who wrote it."""
    if message.subject is None:
        return
    asked = Asked(message.party_kind, message.party)
    answer = await _answer(asked, message.occurred_at, store, work)
    work.emit(answer.of_message(message.message_id, message.subject, work.now))


async def note_consent(change: ConsentChanged, store: Store, work: Work) -> None:
    """What a person allows has changed; here it matters whether their data may be used."""
    await store.restrictions.note(change)


async def name_holders(asked: HoldersAsked, store: Store, work: Work) -> None:
    """A number may be of several people: whose records hold it is known here alone."""
    holders = await store.erasing.holders(asked.subject)
    told = {"request_id": asked.request_id, "subject": asked.subject, "at": work.now}
    work.emit(HoldersTold(**told, store="matcher", customers=holders))


async def erase(order: ErasureOrdered, store: Store, work: Work) -> None:
    """A person leaves, and no file brings them back unnoticed."""
    await store.erased.keep(order.subject, order.at)
    parted = await store.erasing.customers(order, work.now)
    for row in parted.changed:
        work.emit(saved(row))
    for customer_id in parted.removed:
        work.emit(CustomerRemoved(customer_id=customer_id, removed_at=work.now))
    deleted = {
        "customers": len(parted.removed) + len(parted.changed),
        "faults": await store.erasing.faults(order.subject, parted.removed),
        "restrictions": await store.restrictions.remove_ended(order.subject),
        "parked": await store.eraser.parked(order.subject, work.tenant.region),
    }
    work.emit(done(order, "matcher", work.now, deleted, parted.others))


async def correct(order: CorrectionOrdered, store: Store, work: Work) -> None:
    """What is kept of a person was wrong. It is the person's own if it holds the number by which
    they showed who they are: a code to one number opens no record of another."""
    row = await store.customers.get(order.customer_id)
    if row is None or order.subject not in row["codes"]:
        work.emit(answered(order, work.now, found=False))
        return
    draft = attempted(row, store.customers.change_of(order), work.tenant.region)
    if draft is None:
        work.emit(answered(order, work.now, found=False, reason="unusable_values"))
        return
    if await store.brings_back(draft, row):
        work.emit(answered(order, work.now, found=False, reason="number_erased"))
        return
    basis = row["lawful_basis"]
    row = await store.customers.replace(order.customer_id, draft, basis, work.now) or row
    work.emit(saved(row))
    work.emit(answered(order, work.now, found=True))


async def tell(order: ExportOrdered, store: Store, work: Work) -> None:
    """A person wants to see what is kept of them."""
    rows = await store.telling.of(order)
    for part in store.telling.teller.parts(order, "matcher", work.now, rows):
        work.emit(part)


async def _answer(asked: Asked, at: datetime, store: Store, work: Work) -> Ranking:
    """Ranks those on file who may be shown, and notes the contact with the one who stands out."""
    known = []
    if asked.e164:
        found = await store.customers.known(asked.e164, work.tenant.region)
        known = await store.restrictions.usable(asked.e164, found)
    answer = rank(asked, known, work.now.astimezone(work.timezone).date())
    if answer.outcome == "matched":
        await store.customers.contacted(answer.candidates[0].customer_id, at)
    return answer
