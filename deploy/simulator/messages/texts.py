"""People who text: what they wrote goes out as `message.received`."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated
from uuid import uuid4

from pydantic import BaseModel, Field

from deploy.simulator.delivery import Courier
from deploy.simulator.messages.carrier import Carrier, Terms
from deploy.simulator.messages.optouts import OptOut, Word, word
from deploy.simulator.messages.payloads import Inbound, Notice
from deploy.simulator.orders import Copies, Sent

Number = Annotated[str, Field(min_length=1, max_length=128)]


class Text(Copies):
    """A text to one of our numbers.

    `autoresponse` says whether the provider answers STOP, START and HELP itself, and so keeps
    the opt-out list; by default as the command line says. `age` lets it have been written so
    many seconds ago.
    """

    origin: Annotated[Number, Field(alias="from")]
    to: Number
    text: Annotated[str, Field(max_length=5000)]
    messaging_profile_id: Annotated[str | None, Field(max_length=64)] = None
    autoresponse: bool | None = None
    age: Annotated[float, Field(ge=0, le=86_400 * 30)] = 0


class Texted(BaseModel):
    """What became of a text. `status` and `latency_ms` are those of the first copy."""

    message_id: str
    messaging_profile_id: str
    autoresponse_type: Word | None
    status: int | None
    latency_ms: float
    sent: list[Sent]


class Texts:
    """Lets people text, and takes their STOP where the provider does."""

    def __init__(
        self, courier: Courier, carrier: Carrier, terms: Terms, now: Callable[[], datetime]
    ) -> None:
        self._courier = courier
        self._carrier = carrier
        self._autoresponses = terms.autoresponses
        self._now = now

    async def text(self, order: Text) -> Texted:
        """Delivers a text, as often and as late as the order says."""
        inbound = self._inbound(order)
        self._carrier.keep(inbound)
        self._heed(inbound)
        notice = Notice(str(uuid4()), "message.received", inbound.received_at, inbound.payload())
        await asyncio.sleep(order.delay)
        copies = (self._courier.deliver(notice, order.signature) for _ in range(order.times))
        sent = [Sent.of(delivery) for delivery in await asyncio.gather(*copies)]
        return Texted(
            message_id=inbound.id,
            messaging_profile_id=inbound.profile,
            autoresponse_type=inbound.autoresponse,
            status=sent[0].status,
            latency_ms=sent[0].latency_ms,
            sent=sent,
        )

    def _inbound(self, order: Text) -> Inbound:
        answers = self._autoresponses if order.autoresponse is None else order.autoresponse
        return Inbound(
            id=str(uuid4()),
            origin=order.origin,
            to=order.to,
            text=order.text,
            profile=self._carrier.profiles.of(order.to, order.messaging_profile_id),
            received_at=self._now() - timedelta(seconds=order.age),
            webhook_url=self._courier.targets[0],
            autoresponse=word(order.text) if answers else None,
        )

    def _heed(self, inbound: Inbound) -> None:
        """Blocks or frees the whole profile for this person, where the provider answers."""
        if inbound.autoresponse == "STOP":
            keyword = " ".join(inbound.text.upper().split())
            block = OptOut(
                inbound.received_at, inbound.to, inbound.origin, keyword, inbound.profile
            )
            self._carrier.optouts.block(block)
        elif inbound.autoresponse == "START":
            self._carrier.optouts.lift(inbound.profile, inbound.origin)
