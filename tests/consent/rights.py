"""An agency that handles requests, on a clock of its own, and the stores that answer it."""

import base64
import re
from datetime import datetime, timedelta
from typing import Any, cast

import httpx
import pytest

from libs.common import clock
from libs.common.events import (
    CorrectionDone,
    Count,
    ErasureDone,
    ErasureOrdered,
    HoldersAsked,
    HoldersTold,
    TenantSaved,
    WordOrdered,
)
from libs.common.events.privacy import NUMBER_FIELD, WORDS_FIELD
from libs.common.service import Running
from services.consent.domain.rights.stores import REQUIRED
from services.consent.jobs.looking import look_once
from services.consent.store import Store
from tests.consent.given import DAN, NOON, code_of
from tests.support.http import Harness
from tests.support.notes import notes_of

PATH = "/v1/privacy/requests"
ATTEST = {"how": "in_person", "reason": "Showed a passport at the desk."}
STORES = REQUIRED["erasure"]


class Desk:
    """The agency's people, what they were told to send, and the time."""

    def __init__(
        self, house: Harness[Store], agency: TenantSaved, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.house, self.agency = house, agency
        self.http: httpx.AsyncClient = house.client(agency, user="usr_7")
        self.now = NOON
        self.holders: tuple[str, ...] | None = ()
        self._told = 0
        monkeypatch.setattr(clock, "now", lambda: self.now)

    def move(self, by: timedelta | float) -> None:
        """Time goes on, by seconds or more."""
        self.now += by if isinstance(by, timedelta) else timedelta(seconds=by)

    async def opened(self, kind: str = "erasure", number: str = DAN, **told: Any) -> dict[str, Any]:
        """A request that came by word of mouth."""
        body = {"kind": kind, "number": number, "channel": "oral", **told}
        answer = await self.http.post(PATH, json=body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def ask(self, request: dict[str, Any] | str, verb: str, **body: Any) -> httpx.Response:
        """An operation on a request."""
        name = request if isinstance(request, str) else request["id"]
        answer = await self.http.post(f"{PATH}/{name}:{verb}", json=body or None)
        await self.tell_holders()
        return answer

    async def tell_holders(self) -> None:
        """matcher says whose records have the numbers that it was asked for, unless it is away."""
        asked = self.house.units.of(HoldersAsked)
        if self.holders is None:
            return
        for one in asked[self._told :]:
            told = {"request_id": one.request_id, "subject": one.subject, "at": self.now}
            said = HoldersTold(**told, store="matcher", customers=self.holders)
            await self.house.take(said, self.agency)
        self._told = len(asked)

    async def attested(self, kind: str = "erasure", **told: Any) -> dict[str, Any]:
        """A request of somebody whom an Admin knows."""
        answer = await self.ask(await self.opened(kind, **told), "attest", **ATTEST)
        assert answer.status_code == 200, answer.text
        return await self.shown(answer.json())

    async def shown(self, request: dict[str, Any]) -> dict[str, Any]:
        """As it is now."""
        answer = await self.http.get(f"{PATH}/{request['id']}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def proof(self, request: dict[str, Any]) -> httpx.Response:
        """Its certificate."""
        return await self.http.get(f"{PATH}/{request['id']}/certificate")

    async def look(self) -> int:
        """What is due is looked at, as the job does it; returns how much was this agency's."""
        due = await self.store.rights.dues.now(self.now, 1_000)
        await look_once(cast(Running[Any], self.house))
        return len([one for one in due if one.tenant == self.agency.tenant])

    def words(self) -> list[tuple[str, str, WordOrdered]]:
        """What was to be sent: to whom, in which words."""
        return [
            (self._plain(NUMBER_FIELD, one.party), self._plain(WORDS_FIELD, one.sealed), one)
            for one in self.house.units.of(WordOrdered)
        ]

    def code(self) -> str:
        """The last one that was sent."""
        found = re.search(r"\b\d{6}\b", self.words()[-1][1])
        assert found
        return found[0]

    def orders(self) -> list[ErasureOrdered]:
        """Every order of an erasure."""
        return self.house.units.of(ErasureOrdered)

    async def answer(
        self, store: str, order: ErasureOrdered, found: int = 0, others: tuple[str, ...] = ()
    ) -> None:
        """A store says what it deleted."""
        counts = (Count(collection="things", documents=found),) if found else ()
        done = ErasureDone(
            request_id=order.request_id,
            subject=order.subject,
            store=store,
            at=self.now,
            round=order.round,
            deleted=counts,
            others=others,
        )
        await self.house.take(done, self.agency)

    async def all_answer(self, found: int = 0, stores: tuple[str, ...] = STORES) -> None:
        """These stores answer the last order."""
        for store in stores:
            await self.answer(store, self.orders()[-1], found)

    async def erased(self, **told: Any) -> dict[str, Any]:
        """A person who is erased, from request to certificate."""
        request = await self.attested(**told)
        await self.all_answer(2)
        self.move(9)
        assert await self.look() == 1
        await self.all_answer()
        return await self.shown(request)

    async def corrected(
        self, request: dict[str, Any], found: bool, reason: str | None = None
    ) -> None:
        """matcher says whether it had the record, and took the correction in."""
        done = CorrectionDone(
            request_id=request["id"],
            subject=request["subject"],
            store="matcher",
            at=self.now,
            customer_id="c-1",
            found=found,
            reason=reason,
        )
        await self.house.take(done, self.agency)

    async def notes(self) -> list[dict[str, Any]]:
        """What was noted of requests, in its order; not who read them, nor what was allowed."""
        others = ("access.", "consent.")
        noted = await self.everything_noted()
        return [note for note in noted if not note["action"].startswith(others)]

    async def everything_noted(self) -> list[dict[str, Any]]:
        """All that was noted, in its order."""
        return await notes_of(self.house, self.agency)

    async def actions(self) -> list[str]:
        """What was noted, in a word."""
        return [note["action"] for note in await self.notes()]

    @property
    def store(self) -> Store:
        """The tenant's store, for reading."""
        return self.house.store(self.agency)

    def subject(self, number: str = DAN) -> str:
        """The keyed code of a number."""
        return code_of(self.house, self.agency, number)

    def _plain(self, field: str, sealed: str) -> str:
        return self.house.keys.unseal(self.agency.tenant, field, base64.b64decode(sealed)).decode()


def moment(text: str) -> datetime:
    """A moment of an answer."""
    return datetime.fromisoformat(text)
