"""Fixtures of the flows."""

import pytest

from libs.common import clock
from tests.flows.given import NOON, Declared, declared
from tests.flows.world import World


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Declared:
    """Built once: what a test leaves behind lies in its own world."""
    return declared(tmp_path_factory.mktemp("flows"))


@pytest.fixture
def world(services: Declared) -> World:
    """A calm world."""
    return World(services)
