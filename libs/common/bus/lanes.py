"""Lanes: the records of a batch run in order per key and side by side across keys."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from libs.common.bus.record import Record

WIDTH = 64
MOST_TOGETHER = 200

Partition = tuple[str, int]


@dataclass(frozen=True)
class Portions:
    """The topics whose records are taken several at once, as they follow each other in a lane."""

    topics: Collection[str]
    take: Callable[[Sequence[Record]], Awaitable[None]]


async def run(
    records: Sequence[Record],
    take: Callable[[Record], Awaitable[None]],
    stop: asyncio.Event,
    width: int = WIDTH,
    together: Portions | None = None,
) -> set[str]:
    """Takes every record, at most `width` lanes at a time, and returns the places done.

    Once `stop` is set, each lane ends after what it has in hand. An exception of `take` ends the
    other lanes the same way and is raised when they have ended: nothing is cut off in the middle.
    """
    waiting = deque(_lanes(records))
    done: set[str] = set()
    failed: list[BaseException] = []

    async def worker() -> None:
        while waiting and not failed and not stop.is_set():
            for portion in _portions(waiting.popleft(), together):
                if failed or stop.is_set():
                    return
                try:
                    await _taken(portion, take, together)
                except Exception as error:  # noqa: BLE001 - raised below, after the other lanes
                    failed.append(error)
                    return
                done.update(record.place for record in portion)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(min(width, len(waiting))):
            tasks.create_task(worker())
    if failed:
        raise failed[0]
    return done


def contiguous(records: Sequence[Record], done: set[str]) -> dict[Partition, int]:
    """Per partition the offset up to which, from the first record on, all are done."""
    offsets: dict[Partition, int] = {}
    broken: set[Partition] = set()
    for record in sorted(records, key=lambda r: (r.topic, r.partition, r.offset)):
        partition = (record.topic, record.partition)
        if record.place not in done:
            broken.add(partition)
        elif partition not in broken:
            offsets[partition] = record.offset + 1
    return offsets


def _portions(lane: list[Record], together: Portions | None) -> Iterator[list[Record]]:
    """What is taken at once: of one topic, as a lane is."""
    most = MOST_TOGETHER if together and lane[0].topic in together.topics else 1
    for first in range(0, len(lane), most):
        yield lane[first : first + most]


async def _taken(
    portion: list[Record], take: Callable[[Record], Awaitable[None]], together: Portions | None
) -> None:
    if together and portion[0].topic in together.topics:
        await together.take(portion)
    else:
        await take(portion[0])


def _lanes(records: Sequence[Record]) -> list[list[Record]]:
    """Grouped by topic and key; records without a key share the lane of their partition."""
    lanes: defaultdict[tuple[str, object], list[Record]] = defaultdict(list)
    for record in records:
        own = record.key if record.key is not None else record.partition
        lanes[record.topic, own].append(record)
    return list(lanes.values())
