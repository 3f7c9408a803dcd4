"""The carrier: messages in progress, and the receipts that tell what became of them."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from deploy.simulator.delivery import Courier
from deploy.simulator.messages.errors import Flaw, refused
from deploy.simulator.messages.faults import Fault, Receipts
from deploy.simulator.messages.optouts import OptOuts, Profiles
from deploy.simulator.messages.payloads import Inbound, Notice, Outbound
from deploy.simulator.messages.sending import Send
from deploy.simulator.payloads import Json

_MESSAGES = 20_000


@dataclass(frozen=True)
class Terms:
    """What this stand-in's account is like.

    Any key is good unless `api_key` says which. `autoresponses` lets it answer STOP, START and
    HELP itself. `delays` are seconds before `message.sent`, and from there to
    `message.finalized`.
    """

    api_key: str | None = None
    autoresponses: bool = False
    delays: tuple[float, float] = (0.05, 0.2)


class Carrier:
    """Takes messages, reports on them, and remembers them; the oldest are forgotten."""

    def __init__(self, courier: Courier, terms: Terms, now: Callable[[], datetime]) -> None:
        self._courier = courier
        self._terms = terms
        self._now = now
        self._messages: OrderedDict[str, Outbound | Inbound] = OrderedDict()
        self.optouts = OptOuts()
        self.profiles = Profiles()

    def accept(self, send: Send, *, withheld: bool) -> Outbound:
        """Takes a message. Raises Refusal where the recipient has stopped the profile."""
        profile = self.profiles.of(send.origin, send.messaging_profile_id)
        if self.optouts.blocked(profile, send.to):
            pair = f"'{send.origin}' to '{send.to}'"
            explained = f"Messages cannot be sent from {pair} due to an existing block rule."
            raise refused(403, "40300", explained)
        message = Outbound(
            str(uuid4()), send, profile, send.measured(), self._now(), withheld=withheld
        )
        self.keep(message)
        return message

    def keep(self, message: Outbound | Inbound) -> None:
        """Remembers a message."""
        self._messages[message.id] = message
        while len(self._messages) > _MESSAGES:
            self._messages.popitem(last=False)

    def find(self, message_id: str) -> Json:
        """The message as it is now. Raises Refusal, 404, where nobody is to know of it."""
        message = self._messages.get(message_id)
        if message is None or (isinstance(message, Outbound) and message.withheld):
            raise refused(404, "10005", "The requested resource or URL could not be found.")
        return message.payload()

    async def report(self, message: Outbound, fault: Fault) -> None:
        """Sends the message on its way and delivers the receipts."""
        differing = fault.receipts
        before, between = (0.0, 0.0) if "early" in differing else self._terms.delays
        await asyncio.sleep(before)
        sent = self._sent(message)
        if "reversed" not in differing:
            await self._tell(message, sent, differing)
        await asyncio.sleep(between)
        if "unfinished" not in differing:
            finalized = self._finalized(message, fault.undelivered)
            await self._tell(message, finalized, differing)
        if "reversed" in differing:
            await self._tell(message, sent, differing)

    def _sent(self, message: Outbound) -> Notice:
        message.status, message.sent_at = "sent", self._now()
        return Notice(str(uuid4()), "message.sent", message.sent_at, message.receipt())

    def _finalized(self, message: Outbound, failure: str | None) -> Notice:
        message.status, message.completed_at = "delivered", self._now()
        if failure:
            message.status = "delivery_failed"
            explained = "The recipient carrier did not accept the message."
            message.errors.append(Flaw(failure, explained, "/to/0/phone_number"))
        payload = message.receipt()
        return Notice(str(uuid4()), "message.finalized", message.completed_at, payload)

    async def _tell(
        self, message: Outbound, notice: Notice, differing: frozenset[Receipts]
    ) -> None:
        urls = self._urls(message.send)
        if message.withheld or not urls:
            return
        if "lost" in differing:
            self._courier.lose(notice, urls)
            return
        copies = 2 if "doubled" in differing else 1
        await asyncio.gather(*(self._courier.deliver(notice, urls=urls) for _ in range(copies)))

    def _urls(self, send: Send) -> Sequence[str]:
        """The message's own URLs, then the profile's; with neither there are no receipts."""
        own = [url for url in (send.webhook_url, send.webhook_failover_url) if url]
        return [*own, *self._courier.targets] if send.use_profile_webhooks else own
