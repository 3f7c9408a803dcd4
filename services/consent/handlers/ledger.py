"""Events in: what people say by text, and what the provider says of them, goes on record."""

from libs.common.events import MessageReceived, SmsFailed, SmsStopped
from libs.common.mongo import Work
from services.consent.domain.ledger import causes
from services.consent.domain.ledger.record import Act
from services.consent.store import Store
from services.consent.store.announcing import announce


async def note_message(message: MessageReceived, store: Store, work: Work) -> None:
    """A text that asks for silence, takes that back, or may have meant it."""
    act = causes.of_message(message)
    if act and message.subject:
        await _note(message.subject, act, message.party, store, work)


async def note_failure(failed: SmsFailed, store: Store, work: Work) -> None:
    """A text that the provider did not deliver, since the person has stopped the sender there."""
    act = causes.of_failure(failed)
    if act:
        await _note(failed.subject, act, None, store, work)


async def note_stop(stopped: SmsStopped, store: Store, work: Work) -> None:
    """A person who is on the provider's list of those who want no more texts."""
    await _note(stopped.subject, causes.of_stop(stopped), None, store, work)


async def _note(subject: str, act: Act, e164: str | None, store: Store, work: Work) -> None:
    book = await store.enter(subject, act.by(work.now), work.now, e164)
    announce(book, work)
