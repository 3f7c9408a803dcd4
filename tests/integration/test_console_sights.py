"""Every page of the console, however it looks: both languages, schemes and sizes, with axe."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from deploy.local.browser import Browser
from deploy.local.platform import Platform
from deploy.screens.visitor import launched
from tests.support.browser import Desks
from tests.support.platform import SA, US, outside_of
from tests.support.sights import SIGHTS
from tests.support.sights.house import House, opened
from tests.support.sights.sight import Sight

pytestmark = [pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(installed: Browser, platform: Platform) -> AsyncIterator[House]:
    """One browser, and everybody signed in once."""
    async with (
        launched(installed) as chromium,
        outside_of(platform) as outside,
        opened(Desks(chromium, installed.axe, outside)) as found,
    ):
        yield found


@pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name.replace(" ", "_"))
@pytest.mark.parametrize("tenant", [US, SA], ids=["english", "arabic"])
async def test_everybody_can_use_it(house: House, tenant: str, sight: Sight) -> None:
    found = await house.look(tenant, sight)
    assert not found, "\n".join(found)
