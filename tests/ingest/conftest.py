"""A service over each kind of store, and a door with a broker of the tests' own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.ingest.store import Store
from tests.ingest.given import Door, opened
from tests.support.http import Harness

REAL = pytest.param("mongo", marks=[pytest.mark.integration, pytest.mark.timeout(600)])


@pytest.fixture(params=["memory", REAL])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Harness[Store]]:
    """ingest with an empty quarantine, over documents in memory and over the real server."""
    url = request.getfixturevalue("mongo_url") if request.param == "mongo" else None
    made = await opened(tmp_path, mongo_url=url)
    for name in (
        "quarantine",
        "inbox",
        "erasing",
        "parked",
    ):  # they are no tenant's, so nobody drops them
        await made.mongo.service_collection(name).remove({})
    yield made
    await made.close()


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    """The endpoint, before a store in memory."""
    made = Door(await opened(tmp_path))
    yield made
    await made.close()
