"""A person wants to see what is kept: the texts both ways, and whether texts may be sent."""

from libs.common.events import ExportOrdered
from libs.common.events.messages import TEXT_FIELD
from libs.common.keys import Keys
from libs.common.mongo import Document, TenantScope
from libs.common.privacy import Rows, Teller
from services.messaging.domain import telling
from services.messaging.store.consents import CONSENTS
from services.messaging.store.conversations import CONVERSATIONS
from services.messaging.store.early import EARLY
from services.messaging.store.messages import MESSAGES, PARTY_FIELD, read


class Telling:
    """One tenant's part, outside a transaction."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self.teller = Teller(scope, keys)

    async def of(self, order: ExportOrdered) -> Rows:
        """All of one person."""
        rows, subject = self.teller.rows, order.subject

        def conversation(row: Document) -> telling.Shown:
            number = self.teller.open(PARTY_FIELD, row.get("party"))
            return telling.conversation(row, number, order.customers)

        return {
            "conversations": await rows(CONVERSATIONS, subject, conversation),
            "messages": await rows(MESSAGES, subject, self._message),
            "receipts": await rows(EARLY, subject, telling.receipt),
            "texting": await rows(CONSENTS, subject, telling.permission),
        }

    def _message(self, row: Document) -> telling.Shown:
        message = read(row)
        number = self.teller.open(PARTY_FIELD, message.party)
        text = None if message.secret else self.teller.open(TEXT_FIELD, message.text)
        return telling.message(message, number, text)
