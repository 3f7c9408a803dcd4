"""Requests of people, erasures, and what must be looked at when."""

from libs.common.events.privacy import CHANGE_FIELD, NUMBER_FIELD, WORDS_FIELD
from libs.common.keys import Keys
from libs.common.mongo import TenantScope
from services.consent.domain.rights import handing
from services.consent.domain.rights.deadlines import next_look
from services.consent.domain.rights.erasure import Erasure
from services.consent.domain.rights.request import Request
from services.consent.store.rights.dues import DUE, Due, Dues
from services.consent.store.rights.erasures import ERASURES, Erasures
from services.consent.store.rights.packages import PACKAGES, Packages
from services.consent.store.rights.parts import PARTS, Parts
from services.consent.store.rights.requests import REQUESTS, Requests, Sought
from services.consent.store.rights.sent import SENT, Sent

ENTITIES = (REQUESTS, ERASURES, SENT, PARTS, PACKAGES)
SHARED = (DUE,)


class Rights:
    """One tenant's part. What people say and their numbers are sealed before they are kept."""

    def __init__(self, scope: TenantScope, keys: Keys) -> None:
        self.requests = Requests(scope)
        self.erasures = Erasures(scope)
        self.sent = Sent(scope)
        self.parts = Parts(scope, keys)
        self.packages = Packages(scope, keys)
        self.dues = Dues(scope)
        self._tenant = scope.tenant
        self._keys = keys

    async def keep(self, request: Request) -> Request:
        """Writes a request, and when to look at it again.

        Of one that is closed nothing stays that was gathered for it, but a package to be fetched.
        """
        await self.requests.put(request)
        await self.dues.set(request.id, next_look(request))
        if request.closed and request.kind == "access":
            await self._give_up(request)
        return request

    async def _give_up(self, request: Request) -> None:
        await self.parts.forget(request.id)
        await self.dues.set(handing.due_of(request.id), None)
        if request.state != "delivered":
            await self.packages.forget(request.id)

    async def keep_erasure(self, erasure: Erasure) -> None:
        """Writes an erasure, and when its next round is to be ordered."""
        await self.erasures.put(erasure)
        await self.dues.set(erasure.id, None if erasure.completed_at else erasure.next_round())

    def seal_number(self, e164: str) -> bytes:
        """The number, as `word.ordered` carries it."""
        return self._keys.seal(self._tenant, NUMBER_FIELD, e164.encode())

    def number(self, request: Request) -> str | None:
        """The number as it is dialled; None where it is deleted."""
        if request.number is None:
            return None
        return self._keys.unseal(self._tenant, NUMBER_FIELD, request.number).decode()

    def seal_words(self, words: str) -> bytes:
        """A text to or about a person."""
        return self._keys.seal(self._tenant, WORDS_FIELD, words.encode())

    def words(self, sealed: bytes) -> str:
        """The text again."""
        return self._keys.unseal(self._tenant, WORDS_FIELD, sealed).decode()

    def seal_change(self, change: str) -> bytes:
        """A correction, as `correction.ordered` carries it."""
        return self._keys.seal(self._tenant, CHANGE_FIELD, change.encode())


__all__ = ["ENTITIES", "SHARED", "Due", "Rights", "Sought"]
