"""Settles what the provider answered: in one transaction, while the attempt is still in hand."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from libs.common.mongo import Work, is_outage
from services.messaging.clients import Letter
from services.messaging.domain import outcome, reported
from services.messaging.domain.failures import decisive
from services.messaging.domain.message import Message
from services.messaging.domain.outcome import Answer
from services.messaging.domain.reported import Particulars
from services.messaging.domain.setbacks import Setback
from services.messaging.handlers import note_status
from services.messaging.store import Store

SETTLE_PAUSES = (0.1, 0.5, 1.0, 2.0)

log = structlog.get_logger()


class Settle:
    """Writes down what an attempt came to, if it is still the one in hand."""

    def __init__(self, message_id: str, letter: Letter, answer: Answer, told: Particulars) -> None:
        self._message_id = message_id
        self._letter = letter
        self._answer = answer
        self._told = told
        self.setback: Setback | None = None

    async def run(self, store: Store, work: Work) -> str:
        """One step; receipts that came before the provider's id was known follow it."""
        message = await store.messages.get(self._message_id)
        if message is None or not self._counts(message):
            return "late"
        step = reported.answer(message, self._answer, self._told, work.now)
        await store.follow(message, step, work)
        if reported.stops(step):
            copy = await store.consents.get(message.subject)
            await store.consents.keep(copy.with_stop(work.now))
        await self._pace(message, store, work)
        if step.state == "accepted":
            for receipt in await store.early.take(step.fields["provider_id"]):
                await note_status(receipt, store, work)
        return step.state

    async def _pace(self, message: Message, store: Store, work: Work) -> None:
        """The sender, or the profile, rests after a refusal of either, and no longer."""
        rest = reported.rest(self._answer)
        if rest is not None:
            await store.senders.hold(self._letter.line, work.now + rest)
        failure, code = outcome.refusal(self._answer), decisive(self._answer.codes)
        if failure is not None:
            told = await store.set_back(message, failure, code, work.tenant, work.now)
            self.setback = told
        if self._answer.provider_id is not None:
            for value in self._letter.asks:
                await store.senders.recover(value)

    def _counts(self, message: Message) -> bool:
        """A late answer says nothing of a later attempt; that the provider has it, it says late."""
        late = message.state == "unknown" and self._answer.provider_id is not None
        return message.ref == self._letter.ref and (message.state == "sending" or late)


async def insist(write: Callable[[], Awaitable[str]]) -> str:
    """What the provider said is known here alone, so the store may be away for a moment."""
    for pause in SETTLE_PAUSES:
        try:
            return await write()
        except Exception as error:
            if not is_outage(error):
                raise
            log.warning("sending.settles_later", error=type(error).__name__)
        await asyncio.sleep(pause)
    return await write()
