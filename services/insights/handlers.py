"""Events in: each adds its fact to the record of its call; a start or a match makes a card.

No card is made of a person who objects; the record of the call is kept all the same.
"""

from libs.common.events import (
    CallAnswered,
    CallCosted,
    CallEnded,
    CallMatched,
    CallStarted,
    ConsentChanged,
    InsightProduced,
)
from libs.common.mongo import Work
from services.insights.domain import card, features, merge
from services.insights.domain.record import CallRecord
from services.insights.store import Store


async def note_start(call: CallStarted, store: Store, work: Work) -> None:
    """A call rings: its card follows at once, before anybody knows who it is."""
    await _show(merge.with_started(await store.record(call.session_id), call), store, work)


async def note_match(match: CallMatched, store: Store, work: Work) -> None:
    """The matcher has answered: the card is made again with what it knows."""
    await _show(merge.with_match(await store.record(match.session_id), match), store, work)


async def note_answer(call: CallAnswered, store: Store, work: Work) -> None:
    """Somebody took the call."""
    await store.keep(merge.with_answered(await store.record(call.session_id), call))


async def note_end(call: CallEnded, store: Store, work: Work) -> None:
    """The call is over."""
    await store.keep(merge.with_ended(await store.record(call.session_id), call))


async def note_cost(call: CallCosted, store: Store, work: Work) -> None:
    """The provider says what the call cost."""
    await store.keep(merge.with_costed(await store.record(call.session_id), call))


async def note_consent(change: ConsentChanged, store: Store, work: Work) -> None:
    """What a person allows has changed; here it matters whether they object to being profiled."""
    await store.note_consent(change)


async def _show(record: CallRecord, store: Store, work: Work) -> None:
    made = await _card(record, store, work)
    if made and record.lacks(made):
        record = record.with_card(made)
        work.emit(made)
    await store.keep(record)


async def _card(record: CallRecord, store: Store, work: Work) -> InsightProduced | None:
    if not record.incoming or record.started_at is None:
        return None
    if await store.objects(record.subject):
        return None
    earlier = await store.earlier(record)
    figures = features.compute(record, earlier, store.numbering(record), store.scorecard.lookback)
    as_of = record.started_at.astimezone(work.timezone)
    return card.produce(record, figures, store.scorecard, as_of)
