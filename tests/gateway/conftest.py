"""The gateway in memory, and time that stands still until a test moves it."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import pytest

from libs.common import clock
from tests.gateway.house import AT, House


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the time."""

    def set_time(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return set_time


@pytest.fixture
async def house(tmp_path: Path, at: Callable[[datetime], None]) -> AsyncIterator[House]:
    """A gateway whose services are all away."""
    at(AT)
    made = House(tmp_path, {})
    yield made
    await made.desk.services.close()
