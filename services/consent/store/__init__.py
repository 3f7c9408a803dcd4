"""Mongo out: the ledger with its states, requests of people, and the trail of what was done."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from libs.common.keys import Keys
from libs.common.mongo import TenantScope
from libs.common.privacy import PERIODS, Eraser, Periods
from services.consent.domain.audit.notary import Notary
from services.consent.domain.ledger.book import Book
from services.consent.domain.ledger.record import Act
from services.consent.store import rights
from services.consent.store.audit import AUDIT, AUDIT_SHARED, Audit, Unsigned, Untold
from services.consent.store.ledger import LEDGER, STATES, Ledger
from services.consent.store.rights import Rights
from services.consent.store.rights.telling import Telling
from services.consent.store.suppressions import SUPPRESSIONS, Suppressions

ENTITIES = (LEDGER, STATES, SUPPRESSIONS, PERIODS, *rights.ENTITIES, *AUDIT)
SHARED = (*rights.SHARED, *AUDIT_SHARED)


class Store:
    """One tenant's part of consent's database."""

    def __init__(self, scope: TenantScope, keys: Keys, notary: Notary) -> None:
        self.ledger = Ledger(scope)
        self.suppressions = Suppressions(scope, keys)
        self.rights = Rights(scope, keys)
        self.telling = Telling(scope, keys)
        self.eraser = Eraser(scope, keys)
        self.audit = Audit(scope, self.rights.erasures)
        self.periods = Periods(scope)
        self.unsigned = Unsigned(scope)
        self.untold = Untold(scope)
        self.notary = notary
        self._tenant = scope.tenant
        self._keys = keys

    def subject_of(self, e164: str) -> str:
        """The keyed code of a number."""
        return self.code(e164)

    def code(self, text: str) -> str:
        """The tenant's keyed code of a text."""
        return self._keys.code(self._tenant, text)

    async def enter(self, subject: str, act: Act, now: datetime, e164: str | None = None) -> Book:
        """Writes an act down and returns the person's book; the same act twice is one record.

        Without the number nothing can be noted of its suppression beyond the state. The book is
        that of the person who has the record, where a caller's key was used for another one.
        """
        holder = await self.ledger.holder(act.id)
        if holder is not None:
            return await self.ledger.book(holder)
        book = (await self.ledger.book_for(subject, act)).adding(act, now)
        await self.keep([book], {subject: e164} if e164 else {})
        return book

    async def keep(self, books: Sequence[Book], numbers: Mapping[str, str]) -> None:
        """Writes what is fresh in each book; `numbers` are those that are known, by subject."""
        changed = [book for book in books if book.fresh]
        await self.ledger.keep(changed)
        known = [(numbers[book.subject], book) for book in changed if book.subject in numbers]
        await self.suppressions.settle(
            {e164: book.state for e164, book in known if book.state is not None}
        )


__all__ = ["ENTITIES", "SHARED", "Store"]
