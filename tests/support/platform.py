"""The whole platform as processes, seeded, once for a test run; tests use its public doors."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from deploy.local.agency import Login, Person
from deploy.local.cache import ROOT
from deploy.local.platform import Platform
from deploy.local.seed import seed

US, SA = "demointnet01", "demointerkey"


@pytest.fixture(scope="session")
def platform(request: pytest.FixtureRequest) -> Iterator[Platform]:
    """Started with two agencies; stopped at the end, its logs kept when a test failed."""
    state = ROOT / ".local" / "test" / f"platform-{os.getpid()}"
    running = Platform(state, print)
    running.start()
    running.tenants = asyncio.run(seed(running.files, running.console_url, print))
    running.write()
    yield running
    running.stop()
    if not request.session.testsfailed:
        shutil.rmtree(state)


@dataclass
class Outside:
    """What the world outside has: the provider, and people who sign in."""

    platform: Platform
    simulator: httpx.AsyncClient
    stack: AsyncExitStack

    async def person(self, tenant: str, role: str) -> Person:
        """Somebody signed in."""
        login = Login(**self.platform.tenants[tenant]["logins"][role])
        person = await Person.signed_in(self.platform.console_url, login)
        self.stack.push_async_callback(person.close)
        return person

    async def ring(self, tenant: str, **order: Any) -> dict[str, Any]:
        """Makes a call ring at the tenant's number; `origin` is the caller's."""
        demo = self.platform.tenants[tenant]
        body = {"to": demo["number"], "connection_id": demo["connection"], **order}
        return await self.ask("/calls", body)

    async def ask(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """An order to the simulator."""
        answer = await self.simulator.post(path, json=body)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


@asynccontextmanager
async def outside_of(platform: Platform) -> AsyncIterator[Outside]:
    """The world outside of a platform."""
    async with AsyncExitStack() as stack:
        simulator = httpx.AsyncClient(base_url=platform.simulator_url, timeout=60.0)
        await stack.enter_async_context(simulator)
        yield Outside(platform, simulator, stack)


@pytest_asyncio.fixture
async def outside(platform: Platform) -> AsyncIterator[Outside]:
    """The world outside, for one test."""
    async with outside_of(platform) as world:
        yield world


async def until(condition: Any, seconds: float = 20.0) -> Any:
    """Asks until the answer is true, and returns it."""
    async with asyncio.timeout(seconds):
        while not (found := await condition()):
            await asyncio.sleep(0.1)
        return found
