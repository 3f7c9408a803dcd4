"""A platform whose time the tests move, and an agency that writes texts on it.

Time goes forward only: what is due would otherwise be due twice. Each test takes a day of its own.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import pytest_asyncio

from deploy.local.agency import Login, Person
from deploy.local.cache import ROOT
from deploy.local.platform import Platform
from deploy.local.seed import seed
from deploy.local.services import PROXIED
from libs.common import clock
from tests.support.platform import US, until

WILLING = "+12125550100"
"""Somebody who has agreed to promotions: only of such the gate asks how old its copy is."""

RIYADH, NEW_YORK = ZoneInfo("Asia/Riyadh"), ZoneInfo("America/New_York")


@pytest.fixture(scope="module")
def timed() -> Iterator[Platform]:
    """Started with two agencies on a clock of its own; stopped at the end.

    consent beats every second, since time is moved on before most tests; messaging looks at the
    provider's list of opt-outs as often, and sweeps follow it.
    """
    state = ROOT / ".local" / "test" / f"timed-{os.getpid()}"
    running = Platform(state, print)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CONSENT_BEAT_SECONDS", "1")
        environment.setenv("MESSAGING_OPTOUTS_SECONDS", "1")
        for service in PROXIED:
            environment.setenv(f"{service.upper()}_SWEEP_SECONDS", "1")
        running.start()
        try:
            running.tenants = asyncio.run(seed(running.files, running.console_url, print))
            running.write()
            clock.follow(running.files.clock)
            yield running
        finally:
            clock.follow(None)
            running.stop()
    shutil.rmtree(state)


@pytest_asyncio.fixture
async def office(timed: Platform) -> AsyncIterator["Office"]:
    """The agencies and the provider, for one test, on a day of its own."""
    async with AsyncExitStack() as stack:
        provider = httpx.AsyncClient(base_url=timed.simulator_url, timeout=60.0)
        await stack.enter_async_context(provider)
        yield Office(timed, provider, stack)


class Office:
    """What an agency's people do, what a customer texts, and what the provider was asked."""

    def __init__(
        self, platform: Platform, provider: httpx.AsyncClient, stack: AsyncExitStack
    ) -> None:
        self.platform = platform
        self._provider = provider
        self._stack = stack

    async def at(self, hour: int, minute: int, second: int, zone: ZoneInfo) -> datetime:
        """Moves time to the next such moment, at least an hour ahead, and lets consent beat."""
        ahead = clock.now() + timedelta(hours=1)
        moment = ahead.astimezone(zone).replace(
            hour=hour, minute=minute, second=second, microsecond=0
        )
        moment += timedelta(days=1) if moment < ahead else timedelta()
        self.move(moment - clock.now())
        return moment

    def move(self, by: timedelta) -> None:
        """Moves time forward, at once: a half-written file would move it back meanwhile."""
        assert by > timedelta()
        clock_file = self.platform.files.clock
        written = clock_file.with_name(f"{clock_file.name}.new")
        written.write_text(str((clock.offset() + by).total_seconds()))
        written.replace(clock_file)

    async def person(self, tenant: str = US, role: str = "admin") -> Person:
        """Somebody signed in, now."""
        login = Login(**self.platform.tenants[tenant]["logins"][role])
        person = await Person.signed_in(self.platform.console_url, login)
        self._stack.push_async_callback(person.close)
        return person

    async def heard(self, person: Person) -> None:
        """Waits until messaging has heard of consent since time was moved."""
        await note(person, WILLING, "grant")

        async def fresh() -> bool:
            asked = await check(person, WILLING, "promotional")
            return asked["code"] not in {"no_consent", "consent_unknown"}

        await until(fresh, 40)

    async def text(self, tenant: str, number: str, words: str, **more: Any) -> None:
        """A customer texts the agency's number; the webhook was answered when this returns."""
        line = self.platform.tenants[tenant]["number"]
        order = {"from": number, "to": line, "text": words, **more}
        answer = await self._provider.post("/texts", json=order)
        answer.raise_for_status()
        assert answer.json()["status"] == 200

    async def call(self, tenant: str, number: str, **more: Any) -> str:
        """A customer calls the agency, is answered, and hangs up; gives the session."""
        demo = self.platform.tenants[tenant]
        line = {"to": demo["number"], "connection_id": demo["connection"]}
        order = {"from": number, **line, **more, "hold": True}
        rung = await self._provider.post("/calls", json=order)
        rung.raise_for_status()
        session: str = rung.json()["session_id"]
        steps = [{"event": name} for name in ("initiated", "answered", "hangup", "cost")]
        played = await self._provider.post(f"/calls/{session}/script", json={"steps": steps})
        played.raise_for_status()
        return session

    async def stop_unheard(self, tenant: str, number: str) -> None:
        """A customer texts STOP, which the provider answers itself; no webhook is let in."""
        line = self.platform.tenants[tenant]["number"]
        order = {"from": number, "to": line, "text": "STOP", "autoresponse": True}
        answer = await self._provider.post("/texts", json={**order, "signature": "wrong"})
        answer.raise_for_status()
        assert answer.json()["status"] >= 400

    async def sent(self, number: str) -> list[dict[str, Any]]:
        """What the provider has taken for this number, oldest first."""
        answer = await self._provider.get("/sends", params={"limit": 20_000})
        answer.raise_for_status()
        return [one for one in answer.json()["data"] if one["to"] == number and one["accepted"]]


async def send(
    person: Person, number: str, kind: str, text: str = "Hello.", **more: Any
) -> httpx.Response:
    """Asks for a message."""
    body = {"to": number, "class": kind, "text": text, **more}
    return await person.http.post("/v1/messages", json=body)


async def check(person: Person, number: str, kind: str, **more: Any) -> dict[str, Any]:
    """Asks whether a message might go now."""
    body = {"to": number, "class": kind, "text": "Hello.", **more}
    answer = await person.http.post("/v1/messages:check", json=body)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


async def note(person: Person, number: str, action: str, **more: Any) -> dict[str, Any]:
    """Writes a consent, a withdrawal or an objection down, and returns record and state."""
    body = {"number": number, "purpose": "marketing", "action": action, "means": "agent", **more}
    answer = await person.http.post("/v1/consents", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def allowed(person: Person, number: str, kind: str = "promotional", **more: Any) -> None:
    """Waits until messaging would send: what consent knows is on its way to it."""

    async def may() -> bool:
        return bool((await check(person, number, kind, **more))["allowed"])

    await until(may, 20)


async def state_of(person: Person, message_id: str, *wanted: str) -> dict[str, Any]:
    """The message once it is in one of these states."""

    async def there() -> dict[str, Any] | None:
        answer = await person.http.get(f"/v1/messages/{message_id}")
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found if found["state"] in wanted else None

    found: dict[str, Any] = await until(there, 20)
    return found


async def refused(person: Person, number: str, kind: str = "promotional", **more: Any) -> str:
    """The code with which a message is refused."""
    answer = await send(person, number, kind, **more)
    assert answer.status_code == 403, answer.text
    code: str = answer.json()["code"]
    return code
