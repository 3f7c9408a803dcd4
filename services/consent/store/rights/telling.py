"""A person wants to see what is kept: here, all words and requests, and that a number is left
alone."""

from typing import Any

from libs.common.events import ExportOrdered
from libs.common.events.privacy import NUMBER_FIELD, WORDS_FIELD
from libs.common.keys import Keys
from libs.common.mongo import TenantScope
from libs.common.privacy import Rows, Teller
from services.consent.domain.rights import telling
from services.consent.store.ledger import LEDGER, STATES
from services.consent.store.rights.erasures import ERASURES
from services.consent.store.rights.requests import REQUESTS, Requests
from services.consent.store.rights.sent import SENT
from services.consent.store.suppressions import Suppressions


class Telling:
    """One tenant's part, outside a transaction."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self.teller = Teller(scope, keys)
        self._requests = Requests(scope)
        self._suppressions = Suppressions(scope, keys)

    async def of(self, order: ExportOrdered) -> Rows:
        """All of one person."""
        rows, subject = self.teller.rows, order.subject
        sent = [row async for row in self.teller.documents(SENT, subject)]
        return {
            "consents": await rows(LEDGER, subject, telling.record),
            "consent_state": await rows(STATES, subject, telling.state),
            "suppression": await self._suppression(order.request_id),
            "requests": await rows(REQUESTS, subject, self._request),
            "codes_sent": [{"at": at} for row in sent for at in row["times"]],
            "erasures": await rows(ERASURES, subject, telling.erasure),
        }

    def _request(self, row: dict[str, Any]) -> telling.Shown:
        return telling.request(row, lambda sealed: self.teller.open(WORDS_FIELD, sealed))

    async def _suppression(self, request_id: str) -> list[telling.Shown]:
        """The list knows no subjects: it is asked with the number of the request."""
        request = await self._requests.get(request_id)
        number = self.teller.open(NUMBER_FIELD, request.number) if request else None
        entry = await self._suppressions.get(number) if number else None
        return [telling.suppression(number, entry)] if number and entry else []
