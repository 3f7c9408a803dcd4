"""Time moves by a file, and only then."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from libs.common import clock


@pytest.fixture(autouse=True)
def _machine_time() -> Iterator[None]:
    yield
    clock.follow(None)


def test_the_offset_is_followed_while_it_runs(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    clock.follow(file)
    assert clock.offset() == timedelta()
    file.write_text("86400\n")
    assert clock.offset() == timedelta(days=1)
    assert clock.now() - datetime.now(UTC) > timedelta(hours=23)
    file.write_text("")
    assert clock.offset() == timedelta()


def test_time_is_written_as_rfc_3339() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678_900, tzinfo=UTC)
    assert clock.rfc3339(moment) == "2026-01-02T03:04:05.678Z"
