"""Segments on a disk that is full, fails, or was cut off: what was acknowledged is kept."""

import asyncio
import os
import resource
import shutil
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from libs.common import clock
from services.ingest import jobs
from services.ingest.spool import Spool, SpoolFull, segment
from tests.ingest.given import drained, event, fails, files, filled, ids, keys, numbers, spool


def frame_starts(data: bytes | bytearray) -> list[int]:
    places, place = [], 0
    while place < len(data):
        places.append(place)
        place += 8 + int(struct.unpack_from(">I", data, place)[0])
    return places


def test_a_frame_is_length_checksum_and_bytes(tmp_path: Path) -> None:
    path = tmp_path / "00000001.spool"
    assert segment.append(path, [b"first", b"second"]) == path.stat().st_size
    assert path.read_bytes() == b"".join(
        struct.pack(">II", len(frame), crc32(frame)) + frame for frame in (b"first", b"second")
    )
    segment.append(path, [b"third"])
    assert list(segment.frames(path)) == [b"first", b"second", b"third"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert sum(map(segment.size_of, (b"first", b"second", b"third"))) == segment.remove(path)
    assert not path.exists()


@given(cut=st.integers(min_value=1, max_value=10_000))
def test_an_end_that_was_cut_off_was_never_acknowledged(cut: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "1.spool"
        segment.append(path, [b"a" * 300, b"b" * 200, b"c" * 100])
        data = path.read_bytes()
        last = frame_starts(data)[-1]
        path.write_bytes(data[: last + cut % (len(data) - last)])
        assert list(segment.frames(path)) == [b"a" * 300, b"b" * 200]


async def test_a_successor_reads_past_a_cut_off_end_and_writes_behind_it(tmp_path: Path) -> None:
    await filled(tmp_path)
    path = files(tmp_path)[0]
    path.write_bytes(path.read_bytes()[:-5])
    successor = spool(tmp_path)
    await successor.append(event(4))
    assert len(files(tmp_path)) == 2
    assert await drained(successor) == numbers(1, 2, 4)
    assert files(tmp_path, "broken") == []


async def test_a_broken_frame_is_kept_aside_and_reported_and_the_others_go_on(
    tmp_path: Path,
) -> None:
    queue = await filled(tmp_path)
    path = files(tmp_path)[0]
    data = bytearray(path.read_bytes())
    data[frame_starts(data)[1] + 40] ^= 1
    path.write_bytes(data)
    with capture_logs() as logs:
        oldest = await queue.oldest()
        again = await queue.oldest()  # as after a failed publish
    assert oldest is not None
    assert again == oldest
    assert ids(oldest[1]) == numbers(1, 3)
    assert logs == [{"event": "spool.broken_segment", "segment": path.name, "log_level": "error"}]
    await queue.remove(path)
    assert [kept.read_bytes() for kept in files(tmp_path, "broken")] == [bytes(data)]
    assert await drained(queue) == []


async def test_zeros_at_the_end_after_a_power_failure_lose_nothing(tmp_path: Path) -> None:
    await filled(tmp_path)
    path = files(tmp_path)[0]
    path.write_bytes(path.read_bytes() + bytes(4096))
    assert await drained(spool(tmp_path)) == numbers(1, 2, 3)
    assert len(files(tmp_path, "broken")) == 1


async def test_what_is_kept_aside_goes_after_a_week_and_nothing_else(tmp_path: Path) -> None:
    await test_zeros_at_the_end_after_a_power_failure_lose_nothing(tmp_path)
    later = spool(tmp_path)
    await later.append(event(9))
    later.tidy(clock.now() + timedelta(days=7, minutes=-1))
    assert len(files(tmp_path, "broken")) == 1
    later.tidy(clock.now() + timedelta(days=7, minutes=1))
    assert files(tmp_path, "broken") == []
    assert await drained(later) == numbers(9)


async def test_the_job_tidies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await test_zeros_at_the_end_after_a_power_failure_lose_nothing(tmp_path)
    then = clock.now() + timedelta(days=8)
    monkeypatch.setattr(clock, "now", lambda: then)
    with suppress(TimeoutError):
        await asyncio.wait_for(jobs.tidy(spool(tmp_path)), 0.5)
    assert files(tmp_path, "broken") == []


async def test_a_segment_kept_aside_keeps_its_number(tmp_path: Path) -> None:
    await test_zeros_at_the_end_after_a_power_failure_lose_nothing(tmp_path)
    later = spool(tmp_path)
    await later.append(event(9))
    assert files(tmp_path)[0].stem not in {kept.stem for kept in files(tmp_path, "broken")}


async def test_events_whose_key_is_missing_wait_on_the_disk(tmp_path: Path) -> None:
    await filled(tmp_path)
    (tmp_path / "keys.json").unlink()
    stranger = Spool(tmp_path / "spool", 1_000_000, keys(tmp_path))
    with pytest.raises(ValueError, match="sealed bytes do not fit"):
        await stranger.oldest()
    assert not stranger.empty
    assert len(files(tmp_path)) == 1


async def test_a_folder_that_went_away_refuses_the_event(tmp_path: Path) -> None:
    queue = spool(tmp_path)
    shutil.rmtree(tmp_path / "spool")
    (tmp_path / "spool").write_text("a file in its place")
    with capture_logs() as logs, pytest.raises(SpoolFull, match="cannot be written"):
        await queue.append(event(1))
    assert [entry["error"] for entry in logs] == ["NotADirectoryError"]
    assert await queue.oldest() is None
    assert queue.empty


async def test_a_disk_that_does_not_sync_refuses_the_event_and_leaves_nothing_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = await filled(tmp_path, 1)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", fails)
        with pytest.raises(SpoolFull):
            await queue.append(event(2))
    await queue.append(event(3))
    assert REGISTRY.get_sample_value("spool_bytes") == sum(
        path.stat().st_size for path in files(tmp_path)
    )
    assert await drained(queue) == numbers(1, 3)


async def test_a_full_disk_leaves_half_a_frame_nowhere(tmp_path: Path) -> None:
    queue = await filled(tmp_path, 1)
    with room_in_files(files(tmp_path)[0].stat().st_size + 50), pytest.raises(SpoolFull):
        await queue.append(event(2))
    await queue.append(event(3))
    assert await drained(queue) == numbers(1, 3)
    assert files(tmp_path, "broken") == []


async def test_a_segment_that_could_not_be_cut_back_is_not_written_to_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = await filled(tmp_path, 1)
    with monkeypatch.context() as broken, room_in_files(files(tmp_path)[0].stat().st_size + 50):
        broken.setattr(os, "ftruncate", fails)
        with pytest.raises(SpoolFull):
            await queue.append(event(2))
    await queue.append(event(3))
    assert await drained(queue) == numbers(1, 3)


async def test_a_disk_that_stays_full_is_not_strewn_with_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = await filled(tmp_path, 1)
    monkeypatch.setattr(os, "fsync", fails)
    for number in range(5):
        with pytest.raises(SpoolFull):
            await queue.append(event(number))
    assert len(files(tmp_path)) <= 2


@contextmanager
def room_in_files(size: int) -> Iterator[None]:
    """Lets the process write files of so many bytes, and fails in the middle of a longer write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
