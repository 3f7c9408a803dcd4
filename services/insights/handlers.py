"""Events in: each adds its fact to the record of its call; a start or a match makes a card.

No card is made of a person who objects; the record of the call is kept all the same.
"""

from libs.common.erased import pass_over
from libs.common.events import (
    CallAnswered,
    CallCosted,
    CallEnded,
    CallMatched,
    CallStarted,
    ConsentChanged,
    CustomerRemoved,
    ErasureOrdered,
    ExportOrdered,
    InsightProduced,
)
from libs.common.events.calls import CallEvent
from libs.common.mongo import Work
from libs.common.privacy import done
from services.insights.domain import card, features, forgetting, merge
from services.insights.domain.number import Numbering
from services.insights.domain.record import CallRecord
from services.insights.domain.wording import words_in
from services.insights.store import MOST_NAMING, Store


async def note_start(call: CallStarted, store: Store, work: Work) -> None:
    """A call rings: its card follows at once, before anybody knows who it is."""
    record = await _record(call, store)
    if record:
        await _show(merge.with_started(record, call), store, work)


async def note_match(match: CallMatched, store: Store, work: Work) -> None:
    """The matcher has answered: the card is made again with what it knows."""
    record = await _record(match, store)
    if record:
        named = [one.customer_id for one in match.candidates]
        gone = await store.removals.among(named, match.matched_at, work.now)
        await _show(merge.with_match(record, match, gone), store, work)


async def note_answer(call: CallAnswered, store: Store, work: Work) -> None:
    """Somebody took the call."""
    record = await _record(call, store)
    if record:
        await store.calls.keep(merge.with_answered(record, call))


async def note_end(call: CallEnded, store: Store, work: Work) -> None:
    """The call is over."""
    record = await _record(call, store)
    if record:
        await store.calls.keep(merge.with_ended(record, call))


async def note_cost(call: CallCosted, store: Store, work: Work) -> None:
    """The provider says what the call cost."""
    record = await _record(call, store)
    if record:
        await store.calls.keep(merge.with_costed(record, call))


async def note_consent(change: ConsentChanged, store: Store, work: Work) -> None:
    """What a person allows has changed; here it matters whether they object to being profiled."""
    await store.objections.note(change)


async def forget_customer(removal: CustomerRemoved, store: Store, work: Work) -> None:
    """A customer's record was removed: no call names them, nor does a card.

    Cards go out anew where one may be on a screen, and as for any card not of who objects.
    """
    until = await store.removals.note(removal, work.now)
    calls = await store.calls.naming(removal.customer_id)
    scale = store.scorecard.retention
    words = words_in(work.tenant.language)
    left = [forgetting.without(one, removal.customer_id, until, scale, words) for one in calls]
    changed = [(now, was) for now, was in zip(left, calls, strict=True) if now is not was]
    await store.calls.keep_all([now for now, _ in changed])
    for now, was in changed:
        new = now.card if now.card != was.card and forgetting.on_screen(now, work.now) else None
        if new and not await store.objections.stands(now.subject):
            work.emit(new)
    if changed and len(calls) == MOST_NAMING:  # there may be more: they are the next turn's
        removed_at = removal.removed_at or work.now
        work.emit(CustomerRemoved(customer_id=removal.customer_id, removed_at=removed_at))


async def erase(order: ErasureOrdered, store: Store, work: Work) -> None:
    """A person leaves; what is yet to come of their calls finds nothing to add to."""
    deleted = await store.erasing.of(order.subject, work.now)
    deleted["parked"] = await store.eraser.parked(order.subject, work.tenant.region)
    work.emit(done(order, "insights", work.now, deleted))


async def tell(order: ExportOrdered, store: Store, work: Work) -> None:
    """A person wants to see what is kept of them."""
    rows = await store.telling.of(order)
    for part in store.telling.teller.parts(order, "insights", work.now, rows):
        work.emit(part)


async def _record(fact: CallEvent | CallMatched, store: Store) -> CallRecord | None:
    """The record that the fact belongs to; None where the call was deleted."""
    record = await store.calls.get(fact.session_id)
    if record is None and await store.gone.has(fact.session_id):
        pass_over(fact.TYPE)
        return None
    return record or CallRecord(session_id=fact.session_id)


async def _show(record: CallRecord, store: Store, work: Work) -> None:
    made = await _card(record, store, work)
    if made and record.card:  # a card from which somebody was taken out is of a higher version
        made = made.model_copy(update={"version": max(made.version, record.card.version)})
    if made and record.lacks(made):
        record = record.with_card(made)
        work.emit(made)
    await store.calls.keep(record)


async def _card(record: CallRecord, store: Store, work: Work) -> InsightProduced | None:
    if not record.incoming or record.started_at is None:
        return None
    if await store.objections.stands(record.subject):
        return None
    earlier = await store.calls.earlier(record)
    figures = features.compute(
        record, earlier, Numbering.of(record.party), store.scorecard.lookback
    )
    as_of = record.started_at.astimezone(work.timezone)
    return card.produce(record, figures, store.scorecard, as_of, work.tenant.language)
