"""A page as it may look, and who goes there."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal

import psutil
from playwright.async_api import Locator, Page, expect

from deploy.local.agency import Person
from tests.support.browser import Desk
from tests.support.platform import US, Outside

Who = Literal["nobody", "agent", "admin", "newcomer"]
"""A newcomer is the Admin of an agency that has nothing yet."""

Reach = Callable[["Visit"], Awaitable[None]]

NAMES = {"en": "Philippa Larkmoor-Featherstonehaugh", "ar": "عبد الرحمن بن سليمان الدوسري"}
_STARTS = {US: "+1917555{:04d}"}
_NUMBERS = count(101)


@dataclass(frozen=True)
class Visit:
    """Somebody at a desk, and what they need; `stack` is undone once the page was judged."""

    desk: Desk
    tenant: str
    outside: Outside
    admin: Person
    stack: AsyncExitStack
    leaving: str
    """The request of an erasure that was ordered before all else."""

    @property
    def page(self) -> Page:
        """What they see."""
        return self.desk.page

    @property
    def name(self) -> str:
        """A long name of the language."""
        return NAMES[self.desk.language]

    def number(self) -> str:
        """One that nobody else has."""
        return _STARTS.get(self.tenant, "+9665022{:05d}").format(next(_NUMBERS))

    async def post(self, path: str, **body: Any) -> Any:
        """What the agency's own door answers to an Admin."""
        answer = await self.admin.http.post(path, json=body or None)
        assert answer.is_success, answer.text
        return answer.json()

    async def customer(self, number: str, name: str = "") -> Any:
        """Somebody new on the list."""
        told = {"numbers": [{"number": number}], "lawful_basis": "contract"}
        told |= {"external_id": f"SIGHT-{number[-6:]}", "status": "active"}
        return await self.post("/v1/customers", name=name or self.name, **told)

    async def rings(self, number: str | None) -> Locator:
        """The card of a call from there, before who it is has been found; None withholds it."""
        told = {"from": number, "attestation": "A"} if number else {"withheld": True}
        rung = await self.outside.ring(self.tenant, **told)
        self.stack.push_async_callback(self.outside.ask, f"/calls/{rung['session_id']}/hangup", {})
        card = self.page.locator(f"[data-call='{rung['session_id']}']")
        await expect(card).to_be_visible()
        return card

    def holds(self, service: str) -> None:
        """This one answers nobody until the page was judged."""
        process = psutil.Process(self.outside.platform.services.processes[service].pid)
        self.stack.callback(process.resume)
        process.suspend()

    async def texts(self, number: str, words: str) -> None:
        """A text from there to the agency."""
        line = self.outside.platform.tenants[self.tenant]["number"]
        await self.outside.ask("/texts", {"from": number, "to": line, "text": words})


@dataclass(frozen=True)
class Sight:
    """A page in one state.

    `route` is the page's, `template` what it is made of; the selector `shows` can be seen once the
    state is there, and its ids stand in the template. `reach` leads to it, by default to `at` or to
    the route. `language` is the page's where it is not that of who looks.
    """

    name: str
    route: str
    template: str
    shows: str
    who: Who = "admin"
    reach: Reach | None = None
    at: str | None = None
    language: str | None = None

    async def come(self, visit: Visit) -> None:
        """Brings the page into the state."""
        if self.reach:
            await self.reach(visit)
        else:
            await visit.desk.open(self.at or self.route)
        await expect(visit.page.locator(self.shows).first).to_be_visible()
