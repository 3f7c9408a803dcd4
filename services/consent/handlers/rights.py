"""Events in: requests that people make by text, and the answers of those who carry them out."""

from libs.common.events import CorrectionDone, ErasureDone, HoldersTold, MessageReceived, Note
from libs.common.mongo import Work
from services.consent.domain.rights import asked, steps
from services.consent.store import Store
from services.consent.store.erasing import hear
from services.consent.store.fulfilling import complete, go_on
from services.consent.store.opening import open_request


async def note_request(message: MessageReceived, store: Store, work: Work) -> None:
    """A text that asks for the person's data, or to have it deleted; once while one is open.

    What the agency wrote down before anybody showed who asks stands in the way of nobody. Who asks
    again has all codes again: nobody at the agency can use them up.
    """
    if message.subject is None or message.party is None:
        return
    asking = asked.of_message(message, store.rights.seal_number(message.party), work.now)
    if asking is None:
        return
    there = await store.rights.requests.open_of(message.subject, asking.kind)
    if not all(one.unverified for one in there):
        return
    await store.rights.sent.renew(message.subject)
    own = [one for one in there if one.own]
    for one in own:
        await store.rights.keep(steps.asked_again(one))
    if not own:
        await open_request(asking, store, work)


async def note_holders(told: HoldersTold, store: Store, work: Work) -> None:
    """It is known whose records have the number of a request that names none."""
    request = await store.rights.requests.get(told.request_id)
    if request is not None and request.unordered and told.store in request.awaiting:
        await go_on(request, told.customers, store, work)


async def note_erased(done: ErasureDone, store: Store, work: Work) -> None:
    """A store has deleted what it found of a person."""
    await hear(done, store, work)


async def note_corrected(done: CorrectionDone, store: Store, work: Work) -> None:
    """A store has taken a correction in, has no such record, or has refused to."""
    request = await store.rights.requests.get(done.request_id)
    if request is None or request.closed or done.store not in request.awaiting:
        return
    work.note(_corrected(done))
    if done.found:
        await complete(request, store, work)
    else:
        ground = done.reason or steps.NO_RECORD
        await store.rights.keep(steps.declined(request, ground, work.now))


def _corrected(done: CorrectionDone) -> Note:
    unmet = "refused" if done.reason else "failed"
    return Note(
        action="correction.done",
        actor=f"service:{done.store}",
        outcome="done" if done.found else unmet,
        person=done.subject,
        object=done.request_id,
        reason=done.reason,
    )
