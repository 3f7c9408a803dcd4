"""messaging over each kind of store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from libs.common import clock
from libs.common.events import TenantSaved
from services.messaging.store import Store
from tests.messaging.given import Time, agency_facts, built
from tests.support.http import Harness
from tests.support.operators import Operator, operator_at

REAL = pytest.param("mongo", marks=[pytest.mark.integration, pytest.mark.timeout(600)])


@pytest.fixture(params=["memory", REAL])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Harness[Store]]:
    """The service over documents in memory, and over the real server with its validators."""
    url = request.getfixturevalue("mongo_url") if request.param == "mongo" else None
    made = await built(tmp_path, url)
    yield made
    for name in (
        "due",
        "heard",
        "leases",
    ):  # no tenant's, so that they outlive the agencies of a test
        await made.mongo.service_collection(name).remove({})
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


@pytest.fixture
def operator(house: Harness[Store], tmp_path: Path) -> Operator:
    """An operator of the platform, who calls with these scopes."""
    return operator_at(house, tmp_path)
