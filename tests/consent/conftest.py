"""consent over each kind of store."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from libs.common.auditkeys import create
from libs.common.events import TenantSaved
from services.consent.app import build
from services.consent.settings import Settings
from services.consent.store import Store
from tests.consent.rights import Desk
from tests.support.http import Harness, harness

REAL = pytest.param("mongo", marks=[pytest.mark.integration, pytest.mark.timeout(600)])


@pytest.fixture(params=["memory", REAL])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Harness[Store]]:
    """The service over documents in memory, and over the real server with its validators."""
    url = request.getfixturevalue("mongo_url") if request.param == "mongo" else None
    create(tmp_path / "audit-keys.json")
    own = {"audit_key_file": tmp_path / "audit-keys.json", "audit_origin": "audit.example"}
    made = await harness(build, Settings, tmp_path, url, **own)
    yield made
    await made.close()


@pytest.fixture
async def agency(house: Harness[Store]) -> TenantSaved:
    """A tenant in the US."""
    return await house.open(timezone="America/New_York")


@pytest.fixture
def client(house: Harness[Store], agency: TenantSaved) -> httpx.AsyncClient:
    """Somebody of the agency who may do everything here."""
    return house.client(agency, user="usr_7")


@pytest.fixture
def desk(house: Harness[Store], agency: TenantSaved, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The agency's people who handle requests, on a clock that they move."""
    return Desk(house, agency, monkeypatch)
