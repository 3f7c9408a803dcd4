"""A person wants to see what is kept: records with the number, where they came from, lines of
theirs that were refused, and whether they are restricted."""

from libs.common.events import ExportOrdered
from libs.common.keys import Keys
from libs.common.mongo import Document, Documents, TenantScope
from libs.common.privacy import Rows, Teller
from services.matcher.domain import telling
from services.matcher.store.customers import CUSTOMERS
from services.matcher.store.imports import FAULTS, FIELD
from services.matcher.store.restrictions import RESTRICTIONS


class Telling:
    """One tenant's part, outside a transaction."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self.teller = Teller(scope, keys)
        self._imports = scope.collection("imports")

    async def of(self, order: ExportOrdered) -> Rows:
        """All of one person; only the records that are named, where any are."""
        named = order.customers

        def fault(row: Document) -> telling.Shown | None:
            if named is not None and row.get("customer") not in (None, *named):
                return None  # of another person with the number
            return telling.fault(row, self.teller.open(FIELD, row["sealed"]))

        rows = self.teller.documents(CUSTOMERS, order.subject)
        found = [row async for row in rows if named is None or row["_id"] in named]
        return {
            "customers": [telling.customer(row) for row in found],
            "imports": await self._origins(found),
            "rejected_lines": await self.teller.rows(FAULTS, order.subject, fault),
            "restrictions": await self.teller.rows(
                RESTRICTIONS, order.subject, telling.restriction
            ),
        }

    async def _origins(self, customers: Documents) -> list[dict[str, object]]:
        origins = sorted({row["origin"] for row in customers})
        rows = await self._imports.list({"_id": {"$in": origins}}, sort=[("started_at", 1)])
        return [telling.origin(row) for row in rows]
