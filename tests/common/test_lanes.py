"""Lanes: order inside a key, company across keys, and a clean end."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.bus import Record, lanes


def record(offset: int, key: bytes | None = b"t:a", partition: int = 0) -> Record:
    return Record("calls.v1", partition, offset, key, b"{}")


@given(
    st.lists(st.tuples(st.sampled_from([b"a", b"b", b"c", None]), st.integers(0, 2)), max_size=40)
)
def test_every_record_is_taken_once_in_order_per_key(
    spread: list[tuple[bytes | None, int]],
) -> None:
    records = [record(i, key, partition) for i, (key, partition) in enumerate(spread)]
    taken: defaultdict[object, list[int]] = defaultdict(list)

    async def take(r: Record) -> None:
        await asyncio.sleep(0)
        taken[r.key if r.key is not None else r.partition].append(r.offset)

    done = asyncio.run(lanes.run(records, take, asyncio.Event(), width=2))
    assert done == {r.place for r in records}
    assert sum(map(len, taken.values())) == len(records)
    assert all(offsets == sorted(offsets) for offsets in taken.values())


async def test_lanes_run_side_by_side_up_to_the_width() -> None:
    at_once = most = 0

    async def take(_: Record) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.001)
        at_once -= 1

    await lanes.run([record(i, b"%d" % i) for i in range(50)], take, asyncio.Event(), width=8)
    assert most == 8


async def test_stop_ends_each_lane_after_the_record_in_hand() -> None:
    stop, begun, go = asyncio.Event(), asyncio.Event(), asyncio.Event()
    finished: list[int] = []

    async def take(r: Record) -> None:
        begun.set()
        await go.wait()
        finished.append(r.offset)

    records = [record(0), record(1), record(2, b"t:b")]
    running = asyncio.ensure_future(lanes.run(records, take, stop))
    await begun.wait()
    stop.set()
    go.set()
    done = await running
    assert finished == [0, 2]
    assert lanes.contiguous(records, done) == {("calls.v1", 0): 1}


async def test_a_failure_ends_the_others_cleanly_and_is_raised() -> None:
    finished: list[int] = []
    begun = asyncio.Event()

    async def take(r: Record) -> None:
        if r.offset == 0:
            await begun.wait()
            raise ConnectionError
        begun.set()
        await asyncio.sleep(0.01)
        finished.append(r.offset)

    with pytest.raises(ConnectionError):
        await lanes.run([record(0), record(1, b"t:b"), record(2, b"t:b")], take, asyncio.Event())
    assert finished == [1]


def test_offsets_are_committed_up_to_the_first_gap() -> None:
    records = [record(i) for i in (5, 6, 7, 8)] + [record(3, partition=1)]
    done = {r.place for r in records if r.offset in (5, 6, 8)}
    assert lanes.contiguous(records, done) == {("calls.v1", 0): 7}


async def test_what_is_taken_together_comes_in_portions_of_one_key_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lanes, "MOST_TOGETHER", 3)
    portions: list[list[int]] = []
    alone: list[int] = []

    async def several(records: Sequence[Record]) -> None:
        portions.append([one.offset for one in records])

    async def one(r: Record) -> None:
        alone.append(r.offset)

    own = [record(i, b"t:%d" % (i % 2)) for i in range(10)]
    others = [Record("sms.v1", 0, i, b"t:a", b"{}") for i in range(3)]
    together = lanes.Portions({"calls.v1"}, several)
    done = await lanes.run([*own, *others], one, asyncio.Event(), together=together)
    assert sorted(portions) == [[0, 2, 4], [1, 3, 5], [6, 8], [7, 9]]
    assert alone == [0, 1, 2]
    assert done == {r.place for r in (*own, *others)}


async def test_a_portion_that_fails_is_not_done() -> None:
    async def several(records: Sequence[Record]) -> None:
        raise ConnectionError

    together = lanes.Portions({"calls.v1"}, several)
    with pytest.raises(ConnectionError):
        await lanes.run([record(0)], _never, asyncio.Event(), together=together)


async def _never(_: Record) -> None:
    raise AssertionError
