"""A person leaves: their calls go, with the cards and what was said of these."""

from datetime import datetime

from libs.common.mongo import TenantScope
from libs.common.privacy import MOST
from services.insights.store.calls import CALLS, cards_of
from services.insights.store.feedback import Feedback
from services.insights.store.gone import Gone
from services.insights.store.objections import Objections


class Erasing:
    """One tenant's calls, and what belongs to them."""

    def __init__(
        self, scope: TenantScope, gone: Gone, feedback: Feedback, objections: Objections
    ) -> None:
        self._calls = scope.collection(CALLS.name)
        self._gone = gone
        self._feedback = feedback
        self._objections = objections

    async def of(self, subject: str, at: datetime) -> dict[str, int]:
        """Deletes the person's calls with cards and feedback; how many, by collection.

        That somebody objects is kept: it is no more than a code, and they may call again.
        """
        query = {"subjects": subject}
        calls = await self._calls.list(query, limit=MOST, fields={"insight": 1, "_id": 1})
        sessions = [call["_id"] for call in calls]
        await self._gone.add(sessions, at)
        return {
            "calls": await self._calls.remove({"_id": {"$in": sessions}}),
            "feedback": await self._feedback.remove(cards_of(calls)),
            "objections": await self._objections.remove_ended(subject),
        }
