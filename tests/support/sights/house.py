"""A desk for each of those who look at the console, kept for as long as they do."""

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

from deploy.local.agency import Person
from deploy.local.seed import DEMOS, Demo, make
from tests.support.browser import Desk, Desks
from tests.support.platform import SA, US, Outside
from tests.support.sights.office import ATTEST, PATH
from tests.support.sights.sight import Sight, Visit

LOCALES = {US: "en-GB", SA: "ar-SA"}


@dataclass
class House:
    """Who sits where, by agency."""

    desks: dict[tuple[str, str], Desk]
    admins: dict[str, Person]
    leaving: dict[str, str]
    outside: Outside

    async def look(self, tenant: str, sight: Sight) -> list[str]:
        """What is wrong with the page as it looks then."""
        desk = self.desks[tenant, sight.who]
        async with AsyncExitStack() as stack:
            visit = Visit(
                desk, tenant, self.outside, self.admins[tenant], stack, self.leaving[tenant]
            )
            await sight.come(visit)
            found = await desk.findings(sight.language or desk.language)
        complaints, desk.complaints = desk.complaints, []
        return [*found, *complaints]


@asynccontextmanager
async def opened(desks: Desks) -> AsyncIterator[House]:
    """Everybody has signed in, at both agencies and at two that have nothing yet."""
    async with AsyncExitStack() as stack:
        house = House({}, {}, {}, desks.outside)
        for demo in DEMOS:
            await _settle(house, desks, demo, stack)
        yield house


async def _settle(house: House, desks: Desks, demo: Demo, stack: AsyncExitStack) -> None:
    platform = desks.outside.platform
    new = await make(platform.files, platform.console_url, _another(demo))
    logins = platform.tenants[demo.tenant]["logins"]
    for who in ("nobody", "agent", "admin", "newcomer"):
        desk = await stack.enter_async_context(desks.seat(LOCALES[demo.tenant]))
        house.desks[demo.tenant, who] = desk
        login = {**logins, "newcomer": new["logins"]["admin"]}.get(who)
        if login:
            await desk.sign_in(login)
    admin = await desks.outside.person(demo.tenant, "admin")
    house.admins[demo.tenant] = admin
    house.leaving[demo.tenant] = await _leaves(admin, demo.line)


def _another(demo: Demo) -> Demo:
    """An agency like it that has nothing yet."""
    name = f"new{secrets.token_hex(6)}"
    return replace(
        demo,
        tenant=name,
        line=f"{demo.line[:-4]}{secrets.randbelow(9000) + 1000}",
        connection=str(secrets.randbelow(10**18)),
        messaging_profile=secrets.token_hex(16),
        domain=f"{name}.example",
    )


async def _leaves(admin: Person, line: str) -> str:
    """Somebody asks to be erased; gives the request, which takes some seconds."""
    number = f"{line[:-3]}{secrets.randbelow(900) + 100}"
    told: dict[str, object] = {"name": "Ottoline Ferrier", "numbers": [{"number": number}]}
    told |= {"lawful_basis": "contract", "renewed_basis": "a new contract"}
    added = await admin.http.post("/v1/customers", json=told)
    assert added.is_success
    # Somebody on the agency's list may have that number, too.
    asked: dict[str, object] = {"kind": "erasure", "number": number, "channel": "oral"}
    asked["customers"] = [added.json()["id"]]
    request: str = (await admin.http.post(PATH, json=asked)).json()["id"]
    assert (await admin.http.post(f"{PATH}/{request}:attest", json=ATTEST)).is_success
    return request
