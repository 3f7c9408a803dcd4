"""Cards, each in its highest version, as the calls have them."""

from datetime import datetime

from libs.common.events import InsightProduced
from libs.common.mongo import Document, TenantScope, before
from services.insights.store.calls import CALLS


class Cards:
    """One tenant's."""

    def __init__(self, scope: TenantScope) -> None:
        self._calls = scope.collection(CALLS.name)

    async def get(self, insight_id: str) -> InsightProduced | None:
        """A card by its id."""
        row = await self._calls.get({"insight": insight_id})
        return _card(row) if row else None

    async def page(
        self, after: tuple[datetime, str] | None, limit: int, session: str | None = None
    ) -> list[InsightProduced]:
        """The latest cards first, from a place (time and session) on; or those of one call."""
        query: Document = {"as_of": {"$ne": None}, **before("as_of", after)}
        if session:
            query = {"$and": [query, {"_id": session}]}
        order = [("as_of", -1), ("_id", -1)]
        return [_card(row) for row in await self._calls.list(query, sort=order, limit=limit)]


def _card(row: Document) -> InsightProduced:
    return InsightProduced.model_validate(row["card"])
