from collections.abc import AsyncIterator

import httpx
import pytest

from tests.simulator.support import Clock, Target, simulator


@pytest.fixture
def target() -> Target:
    return Target()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def telnyx(target: Target, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    async with simulator(target, clock) as client:
        yield client
