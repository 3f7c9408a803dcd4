"""The consumer where the broker answers late, wrongly or not at all."""

import asyncio
from typing import Any

import pytest
from aiokafka.errors import KafkaError

from libs.common.bus import Consumer, Record, consumer


class Client:
    """What the consumer asks of Kafka's client, at a broker that is mute."""

    def __init__(self) -> None:
        self.asked = 0

    async def getmany(self, **_: Any) -> dict[Any, Any]:
        raise KafkaError

    async def commit(self, *_: Any) -> None:
        self.asked += 1
        await asyncio.Event().wait()


async def take(_: Record) -> None:
    return None


@pytest.fixture
async def reader() -> Consumer:
    return Consumer("127.0.0.1:1", "reader", ["calls.v1"], take)


@pytest.fixture
def client(reader: Consumer) -> Client:
    client = Client()
    reader._subscriber.consumer = client
    return client


async def test_polls_that_only_fail_are_no_progress(
    reader: Consumer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(consumer, "monotonic", lambda: now)
    reader.take_over()
    for _ in range(31):
        now += 5.0
        with pytest.raises(KafkaError):
            await reader._subscriber.get_msg(client)
    assert reader.stuck() == ["no progress in the consumer for 155 s"]


async def test_one_that_has_not_joined_is_not_ready_and_not_stuck(
    reader: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "monotonic", lambda: 1e9)
    assert reader.waiting()
    assert reader.stuck() == []
    reader.take_over()
    assert reader.waiting() == []


async def test_a_commit_that_nobody_answers_does_not_stop_the_reading(
    reader: Consumer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "COMMIT_SECONDS", 0.01)
    batch = await reader._parse((Record("calls.v1", 0, 7, b"k", b"v"),), None)
    await batch.ack()
    assert client.asked == 1


async def test_records_that_come_without_an_answer_to_any_commit_make_it_stuck(
    reader: Consumer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "COMMIT_SECONDS", 0.01)

    async def acknowledge() -> None:
        await (await reader._parse((Record("calls.v1", 0, 7, b"k", b"v"),), None)).ack()

    for _ in range(2):
        await acknowledge()
    assert reader.stuck() == []
    await acknowledge()
    assert reader.stuck() == ["3 commits in a row were not answered"]

    async def answered(*_: Any) -> None:
        """Done."""

    monkeypatch.setattr(client, "commit", answered)
    await acknowledge()
    assert reader.stuck() == []


async def test_a_stop_that_nobody_answers_ends(
    reader: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()

    async def mute() -> None:
        asked.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(consumer, "STOP_SECONDS", 0.01)
    monkeypatch.setattr(reader._broker, "stop", mute)
    await reader.stop()
    assert asked.is_set()


async def test_held_it_takes_nothing_and_is_not_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "POLL_MS", 1)
    held = Consumer("127.0.0.1:1", "reader", ["calls.v1"], take, lambda: True)
    held.take_over()
    held._progress = float("-inf")
    assert await held._subscriber.get_msg(Client()) == ()
    assert held.stuck() == []
