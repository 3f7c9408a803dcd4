"""Events in: what people write, what became of what we wrote, what they allow, and that they go."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from libs.common.erased import pass_over
from libs.common.events import (
    ConsentChanged,
    ConsentHeartbeat,
    CustomerRemoved,
    ErasureOrdered,
    ExportOrdered,
    MessageMatched,
    MessageReceived,
    MessageStatus,
    WordOrdered,
)
from libs.common.mongo import Work
from libs.common.privacy import done
from services.messaging.domain import drafts, intent, reported, steps
from services.messaging.domain.agency import held
from services.messaging.domain.copy import Copy
from services.messaging.domain.failures import decisive
from services.messaging.domain.message import Message
from services.messaging.domain.refusals import ERASED, SENTENCES
from services.messaging.domain.steps import Step
from services.messaging.store import Store, announce


async def note_received(text: MessageReceived, store: Store, work: Work) -> None:
    """Somebody wrote. Who has no number of their own, such as a short code, has no conversation."""
    if text.subject is None or text.party is None:
        return
    key = intent.message_id(store.messages.code, None, text.message_id)
    message = drafts.incoming(text, key, store.messages.seal(text.party))
    if await store.messages.get(message.id):
        return
    await store.messages.add(message)
    await store.conversations.heard(message, waits=text.keyword not in _ANSWERS)
    work.emit(drafts.heard(message))
    if text.keyword in _ANSWERS:
        await _ANSWERS[text.keyword](text, message, store, work)


async def note_status(receipt: MessageStatus, store: Store, work: Work) -> None:
    """The provider says what became of a message; of one not known yet it is kept until it is."""
    message = await store.messages.reported(receipt)
    if message is None:
        await _note_unknown(receipt, store, work.now)
        return
    step = reported.receipt(message, receipt)
    await store.follow(message, step, work)
    if reported.stops(step):
        copy = await store.consents.get(message.subject)
        await store.consents.keep(copy.with_stop(min(receipt.occurred_at, work.now)))
    await _set_back(message, step, receipt, store, work)
    if message.provider_id is None:
        for earlier in await store.early.take(receipt.message_id):
            await note_status(earlier, store, work)


async def note_matched(match: MessageMatched, store: Store, work: Work) -> None:
    """The matcher says who it may be that writes; nobody stands in the place of who went since."""
    at, who = match.matched_at, match.best
    if who and await store.removals.among([who.customer_id], at, work.now):
        who = None
    await store.conversations.known_as(match.subject, who, at or work.now)


async def forget_customer(removal: CustomerRemoved, store: Store, work: Work) -> None:
    """A customer's record was removed: no conversation has their name any more."""
    until = await store.removals.note(removal, work.now)
    await store.conversations.forget(removal.customer_id, until)


async def note_consent(change: ConsentChanged, store: Store, work: Work) -> None:
    """The ledger's word on a person; what it takes back is not sent any more."""
    known = await store.consents.get(change.subject)
    copy = known.with_change(change)
    if copy != known:
        await store.consents.keep(copy)
        await _withdraw(copy, store, work)


async def erase(order: ErasureOrdered, store: Store, work: Work) -> None:
    """A person leaves: nothing more is sent to them, and what was written with them goes."""
    messages = await store.erasing.of(order.subject)
    for message in messages:
        if message.state == "queued":
            announce(steps.blocked(message, "erased", ERASED, work.now), work)
    deleted = await store.erasing.remove(order.subject, messages)
    deleted["consents"] = await store.consents.erase(order.subject)
    deleted["parked"] = await store.eraser.parked(order.subject, work.tenant.region)
    work.emit(done(order, "messaging", work.now, deleted))


async def tell(order: ExportOrdered, store: Store, work: Work) -> None:
    """A person wants to see what is kept of them."""
    rows = await store.telling.of(order)
    for part in store.telling.teller.parts(order, "messaging", work.now, rows):
        work.emit(part)


async def send_word(word: WordOrdered, store: Store, work: Work) -> None:
    """A text about a request of the person's own, such as the code that shows who asks."""
    number, plain = store.messages.word(word)
    line = next(iter(held(work.tenant.numbers, work.now)), None)
    words = drafts.Words(plain, store.messages.seal_text(plain))
    key = intent.confirmation_id(store.messages.code, drafts.cause_of(word))
    drawn = drafts.word(word, key, store.messages.seal(number), words, work.now)
    message = replace(drawn, line=line)
    if await store.messages.get(key):
        return
    verdict = await store.decide(message, number, work.tenant, work.now)
    await store.begin(message, steps.first(message, verdict), work)


async def note_heartbeat(beat: ConsentHeartbeat, store: Store, work: Work) -> None:
    """Consent is at work, so the copies of those whose changes come in this lane are fresh."""
    await store.heard.note(beat.at, beat.lane)


async def _set_back(
    message: Message, step: Step, receipt: MessageStatus, store: Store, work: Work
) -> None:
    """What the provider took, it may still refuse for its sender's sake."""
    failure = reported.refusal(step, receipt)
    if failure is not None:
        code, at = decisive(receipt.errors), min(receipt.occurred_at, work.now)
        await store.set_back(message, failure, code, work.tenant, at)


async def _note_unknown(receipt: MessageStatus, store: Store, now: datetime) -> None:
    """An attempt is on file before it begins, so one that is not there was erased since.

    Only of a message that went without a name of ours can the receipt be faster than its id.
    """
    if receipt.reference is None:
        await store.early.keep(receipt, now)
    else:
        pass_over(receipt.TYPE)


async def _stop(text: MessageReceived, message: Message, store: Store, work: Work) -> None:
    """Before anybody else is asked: nothing more is sent, but one confirmation."""
    at = min(text.occurred_at, work.now)
    known = await store.consents.get(message.subject)
    copy = known.with_stop(at)
    if copy == known:
        return  # the person has agreed again since
    await store.consents.keep(copy)
    await _withdraw(copy, store, work)
    if not known.quiet_before(at):
        await _answer(text, message, store, work)


async def _start(text: MessageReceived, message: Message, store: Store, work: Work) -> None:
    """By a clock ahead of ours it counts from now: from later, it would outweigh the next STOP."""
    at = min(text.occurred_at, work.now)
    copy = (await store.consents.get(message.subject)).with_start(at)
    await store.consents.keep(copy)
    if copy.open_since(at):
        await _answer(text, message, store, work)


async def _answer(text: MessageReceived, message: Message, store: Store, work: Work) -> None:
    """Soon, not too often, and only where the provider has not done so."""
    if text.autoresponse or text.line is None or not drafts.prompt(text, work.now):
        return
    causes = drafts.causes(message, work.now)
    keys = [intent.confirmation_id(store.messages.code, cause) for cause in causes]
    given = [await store.messages.get(key) for key in keys]
    if any(one and drafts.recent(one, work.now) for one in given):
        return
    plain = drafts.said(text.keyword, work.tenant.name, text.line, work.tenant.language)
    words = drafts.Words(plain, store.messages.seal_text(plain))
    answer = drafts.answer(message, keys[0], words, work.now)
    await store.begin(answer, steps.requested(answer, work.now), work)


async def _withdraw(copy: Copy, store: Store, work: Work) -> None:
    sentence = SENTENCES["withdrawn"]
    ended = [
        (message, steps.blocked(message, "withdrawn", sentence, work.now))
        for message in await store.messages.waiting(copy.subject)
        if copy.forbids(message)
    ]
    await store.end_all(ended, work)


_ANSWERS: dict[str, Callable[[MessageReceived, Message, Store, Work], Awaitable[None]]] = {
    "stop": _stop,
    "start": _start,
    "help": _answer,
}
