"""The spool: what it says yes to comes out in order, and within its limit."""

import asyncio
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from services.ingest.spool import SpoolFull, segment
from services.ingest.spool import spool as spool_module
from tests.ingest.given import CALLER, drained, event, files, filled, ids, numbers, spool


async def test_events_come_out_in_order_and_the_spool_is_empty_again(tmp_path: Path) -> None:
    queue = spool(tmp_path)
    assert queue.empty
    for number in range(5):
        await queue.append(event(number))
    assert not queue.empty
    assert await drained(queue) == numbers(*range(5))
    assert queue.empty
    assert files(tmp_path) == []


async def test_an_event_comes_out_as_it_went_in(tmp_path: Path) -> None:
    queue = await filled(tmp_path, 1)
    oldest = await queue.oldest()
    assert oldest is not None
    assert oldest[1] == [event(1)]


async def test_nothing_on_the_disk_can_be_read(tmp_path: Path) -> None:
    await filled(tmp_path)
    written = b"".join(path.read_bytes() for path in files(tmp_path))
    for plain in (CALLER, CALLER[1:], "Ada Example", "call-1", "agencyaaa", "call.started"):
        assert plain.encode() not in written


async def test_appends_at_the_same_time_share_a_sync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, written = spool(tmp_path), []
    append = segment.append

    def counted(path: Path, frames: list[bytes]) -> int:
        written.append(len(frames))
        return append(path, frames)

    monkeypatch.setattr(segment, "append", counted)
    await asyncio.gather(*(queue.append(event(number)) for number in range(50)))
    assert written == [1, 49]
    assert await drained(queue) == numbers(*range(50))


async def test_the_limit_holds_for_appends_at_the_same_time_too(tmp_path: Path) -> None:
    queue = spool(tmp_path, limit=5_000)
    results = await asyncio.gather(
        *(queue.append(event(number)) for number in range(50)), return_exceptions=True
    )
    safe = [f"event-{number}" for number, result in enumerate(results) if result is None]
    assert {type(result) for result in results if result is not None} == {SpoolFull}
    assert 0 < sum(path.stat().st_size for path in files(tmp_path)) <= 5_000
    assert await drained(queue) == safe
    await queue.append(event(99))
    assert await drained(queue) == numbers(99)


async def test_what_a_predecessor_left_counts_towards_the_limit(tmp_path: Path) -> None:
    await filled(tmp_path)
    held = sum(path.stat().st_size for path in files(tmp_path))
    with pytest.raises(SpoolFull, match="full"):
        await spool(tmp_path, limit=held + 10).append(event(4))


async def test_nearly_full_it_asks_for_no_more(tmp_path: Path) -> None:
    await filled(tmp_path)
    held = sum(path.stat().st_size for path in files(tmp_path))
    assert spool(tmp_path, limit=2 * held).trouble() == []
    queue = spool(tmp_path, limit=held + 10)
    assert queue.trouble() == ["the spool is nearly full"]
    await drained(queue)
    assert queue.trouble() == []


async def test_having_refused_it_says_so_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = spool(tmp_path, limit=10)
    with pytest.raises(SpoolFull):
        await queue.append(event(1))
    assert queue.trouble() == ["Kafka is away, and the spool takes no more"]
    monkeypatch.setattr(spool_module, "REFUSED_SECONDS", 0.0)
    assert queue.trouble() == []


async def test_the_gauge_is_what_lies_on_the_disk(tmp_path: Path) -> None:
    queue = await filled(tmp_path)
    held = sum(path.stat().st_size for path in files(tmp_path))
    assert REGISTRY.get_sample_value("spool_bytes") == held
    await drained(queue)
    assert REGISTRY.get_sample_value("spool_bytes") == 0


async def test_a_successor_takes_the_segments_over_in_order(tmp_path: Path) -> None:
    queue = spool(tmp_path)
    for number in range(1, 13):
        await queue.append(event(number))
        await queue.oldest()  # closes the segment, if it is the only one
        queue = spool(tmp_path)
        assert not queue.empty
    assert len(files(tmp_path)) == 12
    await queue.append(event(13))
    assert await drained(queue) == numbers(*range(1, 14))


async def test_the_oldest_segment_is_not_written_to_any_more(tmp_path: Path) -> None:
    queue = await filled(tmp_path, 2)
    oldest = await queue.oldest()
    assert oldest is not None
    await queue.append(event(3))
    assert ids(oldest[1]) == numbers(1, 2)
    await queue.remove(oldest[0])
    assert await drained(queue) == numbers(3)


async def test_a_long_outage_makes_many_segments_of_a_bounded_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool_module, "SEGMENT_BYTES", 1_500)
    queue = await filled(tmp_path, 9)
    sizes = [path.stat().st_size for path in files(tmp_path)]
    assert len(sizes) > 2
    assert max(sizes) < 3_000
    assert await drained(queue) == numbers(*range(1, 10))
