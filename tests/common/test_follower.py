"""The follower goes on, whatever a record or the client does."""

import asyncio
from typing import Any

import pytest
from aiokafka import ConsumerRecord, TopicPartition

from libs.common.bus import Follower, Record, follower

PLACE = TopicPartition("tenants.v1", 0)


class Client:
    """One partition with three records; its first poll fails in a way of its own."""

    begun = 0

    def __init__(self, *_: str, **__: Any) -> None:
        Client.begun += 1
        self.offset = 0

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def assignment(self) -> set[TopicPartition]:
        return {PLACE}

    async def end_offsets(self, _: Any) -> dict[TopicPartition, int]:
        return {PLACE: 3}

    async def position(self, _: TopicPartition) -> int:
        return self.offset

    async def getmany(self, **_: Any) -> dict[TopicPartition, list[Any]]:
        if Client.begun == 1:
            raise RuntimeError
        if self.offset == 3:
            await asyncio.Event().wait()
        self.offset += 1
        return {PLACE: [record(self.offset - 1)]}


def record(offset: int) -> Any:
    return ConsumerRecord(PLACE.topic, 0, offset, 0, 0, b"k", b"v", None, 1, 1, ())


async def test_neither_a_record_nor_the_client_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Client, "begun", 0)
    monkeypatch.setattr(follower, "AIOKafkaConsumer", Client)
    seen: list[int] = []

    async def see(record: Record) -> None:
        if record.offset == 1:
            raise LookupError("+12025550133")
        seen.append(record.offset)

    reader = Follower("127.0.0.1:1", "test", ["tenants.v1"], see)
    reading = asyncio.ensure_future(reader.run())
    await reader.caught_up.wait()
    reading.cancel()
    assert seen == [0, 2]
    assert Client.begun == 2
