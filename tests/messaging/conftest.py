"""messaging over each kind of store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from libs.common import clock
from libs.common.events import TenantSaved
from services.messaging.app import build
from services.messaging.settings import Settings
from services.messaging.store import Store
from tests.messaging.given import Time, agency_facts
from tests.support.http import Harness, harness

REAL = pytest.param("mongo", marks=[pytest.mark.integration, pytest.mark.timeout(600)])


@pytest.fixture(params=["memory", REAL])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Harness[Store]]:
    """The service over documents in memory, and over the real server with its validators."""
    url = request.getfixturevalue("mongo_url") if request.param == "mongo" else None
    (tmp_path / "telnyx.key").write_text("KEY0123\n")
    own = {
        "telnyx_url": "http://telnyx.invalid",
        "telnyx_key_file": tmp_path / "telnyx.key",
        "webhook_url": "https://hooks.example.com/webhooks/telnyx",
    }
    made = await harness(build, Settings, tmp_path, url, **own)
    yield made
    await made.close()


@pytest.fixture
async def agency(house: Harness[Store]) -> TenantSaved:
    """An agency in the US with a number of its own."""
    return await house.open(**agency_facts())


@pytest.fixture(autouse=True)
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    """The time: noon in New York, until a test moves it."""
    own = Time()
    monkeypatch.setattr(clock, "now", own)
    return own
