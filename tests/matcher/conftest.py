"""Fixtures of matcher's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from libs.common import clock
from libs.common.events import TenantSaved
from services.matcher.app import build
from services.matcher.settings import Settings
from services.matcher.store import Store
from tests.matcher.given import NOON
from tests.support.http import Harness, harness

REAL = pytest.param("mongo", marks=[pytest.mark.integration, pytest.mark.timeout(600)])


@pytest.fixture
async def matcher(tmp_path: Path) -> AsyncIterator[Harness[Store]]:
    """The whole service, over documents in memory."""
    made = await harness(build, Settings, tmp_path)
    yield made
    await made.close()


@pytest.fixture
async def agency(matcher: Harness[Store]) -> TenantSaved:
    """A tenant in the US."""
    return await matcher.open()


@pytest.fixture(params=["memory", REAL])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Harness[Store]]:
    """The service over documents in memory, and over the real server with its validators."""
    url = request.getfixturevalue("mongo_url") if request.param == "mongo" else None
    made = await harness(build, Settings, tmp_path, url)
    for name in ("parked", "trail"):  # no tenant's, so that they outlive the agencies of a test
        await made.mongo.service_collection(name).remove({})
    yield made
    await made.close()


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is NOON, and stays so."""
    monkeypatch.setattr(clock, "now", lambda: NOON)
