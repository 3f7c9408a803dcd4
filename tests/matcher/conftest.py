"""Fixtures of matcher's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from libs.common.events import TenantSaved
from services.matcher.app import build
from services.matcher.settings import Settings
from services.matcher.store import Store
from tests.support.http import Harness, harness


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
