"""A person leaves: what was written with them goes, and what waits for its time with it."""

from libs.common.mongo import TenantScope
from libs.common.privacy.erasing import take_out
from services.messaging.domain.message import Message
from services.messaging.store.conversations import CONVERSATIONS
from services.messaging.store.early import EARLY
from services.messaging.store.messages import MESSAGES, read

MOST = 1_000
"""Messages of one round: those that are queued are told of one by one."""


class Erasing:
    """One tenant's messages, and what belongs to them."""

    def __init__(self, scope: TenantScope) -> None:
        self._tenant = scope.tenant
        self._messages = scope.collection(MESSAGES.name)
        self._conversations = scope.collection(CONVERSATIONS.name)
        self._early = scope.collection(EARLY.name)
        self._due = scope.shared("due")

    async def of(self, subject: str) -> list[Message]:
        """The person's messages, `MOST` at the most."""
        return [read(row) for row in await self._messages.list({"subject": subject}, limit=MOST)]

    async def remove(self, subject: str, messages: list[Message]) -> dict[str, int]:
        """Deletes them, and all else of the person; how many, by collection."""
        ids = [message.id for message in messages]
        known = [message.provider_id for message in messages if message.provider_id]
        receipts = {"$or": [{"receipt.subject": subject}, {"provider_id": {"$in": known}}]}
        return {
            "messages": await self._messages.remove({"_id": {"$in": ids}}),
            "due": await self._due.remove({"_id": {"$in": [f"{self._tenant}:{i}" for i in ids]}}),
            "conversations": await self._conversations.remove({"_id": subject}),
            "early": await take_out(self._early, receipts),
        }
