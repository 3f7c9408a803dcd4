"""insights over each kind of store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.insights.app import build
from services.insights.settings import Settings
from services.insights.store import Store
from tests.support.http import Harness, harness

REAL = pytest.param("mongo", marks=[pytest.mark.integration, pytest.mark.timeout(600)])


@pytest.fixture(params=["memory", REAL])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Harness[Store]]:
    """The service over documents in memory, and over the real server with its validators."""
    url = request.getfixturevalue("mongo_url") if request.param == "mongo" else None
    made = await harness(build, Settings, tmp_path, url)
    yield made
    await made.close()
