"""Stores that answer the orders about people, in place of services, and what people were told."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from deploy.local.platform import Platform
from libs.common import clock
from libs.common.bus import Follower, Producer, Record, Unavailable
from libs.common.events import (
    Count,
    Envelope,
    ErasureDone,
    ErasureOrdered,
    WordOrdered,
    derived_id,
    enclose,
    fact_of,
)
from libs.common.events.privacy import NUMBER_FIELD, WORDS_FIELD
from libs.common.keys import Keys
from services.consent.domain.rights.stores import REQUIRED

STORES = REQUIRED["erasure"]


class Answering:
    """Reads every order from the beginning of the topic and answers for all who are not silent.

    Of the first round each store finds two documents, later nothing.
    """

    def __init__(self, platform: Platform) -> None:
        url = platform.servers.kafka_url
        self.silent: set[str] = set()
        self.orders: list[tuple[str, ErasureOrdered]] = []
        self.words: list[tuple[str, str, WordOrdered]] = []
        self._keys = Keys(platform.files.keys)
        self._producer = Producer(url, "answering", {ErasureDone.TYPE: ErasureDone.TOPIC})
        self._follower = Follower(url, "answering", (ErasureOrdered.TOPIC,), self._see)
        self._late: list[tuple[str, str, ErasureOrdered]] = []

    @classmethod
    @asynccontextmanager
    async def started(cls, platform: Platform) -> AsyncIterator[Self]:
        """Answers until the end of the block."""
        answering = cls(platform)
        await answering._producer.start()
        reading = asyncio.ensure_future(answering._follower.run())
        try:
            await answering._follower.caught_up.wait()
            yield answering
        finally:
            reading.cancel()
            await answering._producer.stop()

    async def speak(self, store: str) -> None:
        """A silent store is back, and answers all that it missed, in order."""
        self.silent.discard(store)
        late, self._late = self._late, []
        for name, tenant, order in late:
            await self._answer(name, tenant, order)

    def code(self, request: str) -> str:
        """The last code that was sent for a request."""
        texts = [text for _, text, word in self.words if word.request_id == request]
        return next(part for part in texts[-1].replace(".", " ").split() if part.isdigit())

    async def _see(self, record: Record) -> None:
        envelope = Envelope.from_json(record.value)
        if envelope.type == WordOrdered.TYPE:
            word, tenant = fact_of(envelope, WordOrdered), envelope.tenantid
            number = self._keys.unseal(tenant, NUMBER_FIELD, base64.b64decode(word.party))
            words = self._keys.unseal(tenant, WORDS_FIELD, base64.b64decode(word.sealed))
            self.words.append((number.decode(), words.decode(), word))
        elif envelope.type == ErasureOrdered.TYPE:
            order = fact_of(envelope, ErasureOrdered)
            self.orders.append((envelope.tenantid, order))
            for store in STORES:
                await self._answer(store, envelope.tenantid, order)

    async def _answer(self, store: str, tenant: str, order: ErasureOrdered) -> None:
        if store in self.silent:
            self._late.append((store, tenant, order))
            return None
        done = ErasureDone(
            request_id=order.request_id,
            subject=order.subject,
            store=store,
            at=clock.now(),
            round=order.round,
            deleted=(Count(collection="things", documents=2),) if order.round == 1 else (),
        )
        cause = f"{order.request_id}/{order.subject}/{order.round}"
        told = derived_id(cause, store)
        envelope = enclose(done, tenant, id=told, source=store, time=clock.now())
        while True:  # as an outbox does
            try:
                return await self._producer.publish([envelope])
            except Unavailable:
                await asyncio.sleep(0.1)
