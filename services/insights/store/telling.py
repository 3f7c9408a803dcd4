"""A person wants to see what is kept: their calls, the cards, and what was said of these."""

from libs.common.events import ExportOrdered
from libs.common.keys import Keys
from libs.common.mongo import TenantScope
from libs.common.privacy import Rows, Teller
from services.insights.domain import telling
from services.insights.store.calls import CALLS, read
from services.insights.store.feedback import Feedback
from services.insights.store.objections import OBJECTIONS


class Telling:
    """One tenant's part, outside a transaction."""

    def __init__(self, scope: TenantScope, keys: Keys, feedback: Feedback) -> None:
        self.teller = Teller(scope, keys)
        self._feedback = feedback

    async def of(self, order: ExportOrdered) -> Rows:
        """All of one person."""
        person = order.subject, order.customers
        calls = [read(row) async for row in self.teller.documents(CALLS, order.subject)]
        cards = [card for call in calls if (card := telling.card(call, *person))]
        feedback = await self._feedback.of([card["id"] for card in cards])
        return {
            "calls": [telling.call(call, *person) for call in calls],
            "cards": cards,
            "feedback": [telling.feedback(row) for row in feedback],
            "objections": await self.teller.rows(OBJECTIONS, order.subject, telling.objection),
        }
