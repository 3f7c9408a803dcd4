"""Mongo out: customers, imports and what was wrong in them, who was erased, who is restricted."""

from libs.common.keys import Keys
from libs.common.mongo import Document, TenantScope
from libs.common.privacy import PERIODS, Eraser, Periods
from services.matcher.domain.drafts import Draft
from services.matcher.store.customers import CUSTOMERS, Customers, saved
from services.matcher.store.erased import ERASED, ErasedNumbers
from services.matcher.store.erasing import Erasing
from services.matcher.store.imports import FAULTS, IMPORTS, Imports
from services.matcher.store.restrictions import RESTRICTIONS, Restrictions
from services.matcher.store.telling import Telling

ENTITIES = (CUSTOMERS, IMPORTS, FAULTS, ERASED, RESTRICTIONS, PERIODS)


class Store:
    """One tenant's part of matcher's database."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self.customers = Customers(scope, keys)
        self.imports = Imports(scope, keys)
        self.erased = ErasedNumbers(scope, keys)
        self.restrictions = Restrictions(scope, keys)
        self.erasing = Erasing(scope)
        self.eraser = Eraser(scope, keys)
        self.telling = Telling(scope, keys)
        self.periods = Periods(scope)

    async def brings_back(self, draft: Draft, there: Document | None) -> bool:
        """Whether the customer gets the number of somebody who was erased.

        A number that the record (`there`) has already is no news.
        """
        known = {number["e164"] for number in there["numbers"]} if there else set()
        return bool(await self.erased.among({number.e164 for number in draft.numbers} - known))


__all__ = ["ENTITIES", "Store", "saved"]
