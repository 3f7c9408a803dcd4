"""Delivery: Kafka first, the disk where Kafka is slow or gone, and never out of order."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common.bus import Unavailable
from libs.common.events import Envelope
from services.ingest import jobs
from services.ingest.spool import Delivery, Spool, SpoolFull
from services.ingest.spool.delivery import KAFKA_SECONDS
from tests.ingest.given import Broker, event, ids, keys, spool


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def queue(tmp_path: Path) -> Spool:
    return spool(tmp_path)


@pytest.fixture
def delivery(broker: Broker, queue: Spool) -> Delivery:
    return Delivery(broker, queue)


async def waiting(queue: Spool) -> list[str]:
    oldest = await queue.oldest()
    return ids(oldest[1]) if oldest else []


async def test_kafka_takes_the_event_and_the_disk_sees_nothing(
    delivery: Delivery, broker: Broker, queue: Spool, tmp_path: Path
) -> None:
    await delivery.deliver(event(1))
    assert broker.taken == [event(1)]
    assert 0 < broker.limits[0] <= KAFKA_SECONDS
    assert queue.empty
    assert list((tmp_path / "spool").iterdir()) == []


async def test_what_kafka_does_not_acknowledge_is_on_the_disk(
    delivery: Delivery, broker: Broker, queue: Spool
) -> None:
    broker.away = True
    await delivery.deliver(event(1))
    assert broker.taken == []
    assert await waiting(queue) == ["event-1"]


async def test_later_events_queue_behind_the_spool_although_kafka_is_back(
    delivery: Delivery, broker: Broker, queue: Spool
) -> None:
    broker.away = True
    await delivery.deliver(event(1))
    broker.away = False
    await delivery.deliver(event(2))
    await delivery.deliver(event(3, call="call-2"))
    assert len(broker.limits) == 1  # Kafka was not asked again
    assert await waiting(queue) == ["event-1", "event-2", "event-3"]


async def test_drained_the_events_are_out_in_order_and_the_live_path_is_used_again(
    delivery: Delivery, broker: Broker, queue: Spool
) -> None:
    broker.away = True
    for number in range(9):
        await delivery.deliver(event(number, call=f"call-{number % 3}"))
    broker.away = False
    assert await delivery.drain()
    assert not await delivery.drain()
    for call in range(3):
        mine = [one for one in broker.taken if one.subject == f"call-{call}"]
        assert ids(mine) == [f"event-{number}" for number in range(call, 9, 3)]
    assert queue.empty
    await delivery.deliver(event(9))
    assert ids(broker.taken)[-1] == "event-9"


async def test_a_drain_that_fails_keeps_the_segment(
    delivery: Delivery, broker: Broker, queue: Spool
) -> None:
    broker.away = True
    for number in range(3):
        await delivery.deliver(event(number))
    with pytest.raises(Unavailable):
        await delivery.drain()
    assert await waiting(queue) == ["event-0", "event-1", "event-2"]
    broker.away = False
    broker.before = failing_for(broker, "event-1")
    with pytest.raises(Unavailable):
        await delivery.drain()
    assert ids(broker.taken) == ["event-0"]  # "event-2" did not overtake
    broker.before = None
    assert await delivery.drain()
    assert ids(broker.taken) == ["event-0", "event-0", "event-1", "event-2"]


def failing_for(broker: Broker, name: str) -> Callable[[Envelope], Any]:
    async def before(envelope: Envelope) -> None:
        if envelope.id == name:
            raise Unavailable("KafkaTimeoutError")

    return before


async def test_with_kafka_and_disk_gone_the_event_is_refused(tmp_path: Path) -> None:
    broker = Broker()
    broker.away = True
    with pytest.raises(SpoolFull):
        await Delivery(broker, Spool(tmp_path / "spool", 10, keys(tmp_path))).deliver(event(1))


async def test_events_of_one_call_wait_for_one_that_kafka_still_has_in_hand(
    delivery: Delivery, broker: Broker, queue: Spool
) -> None:
    """Without it the second would reach the disk, or Kafka, before the first."""
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slow(envelope: Envelope) -> None:
        asked.set()
        await answer.wait()

    broker.before, broker.away = slow, True
    first = asyncio.ensure_future(delivery.deliver(event(1)))
    await asked.wait()
    second = asyncio.ensure_future(delivery.deliver(event(2)))
    await asyncio.sleep(0)
    await queue.append(event(3, call="call-2"))  # another call is on the disk already
    third = asyncio.ensure_future(delivery.deliver(event(4)))
    await asyncio.sleep(0)
    assert not second.done()
    assert not third.done()
    answer.set()
    await asyncio.gather(first, second, third)
    assert await waiting(queue) == ["event-3", "event-1", "event-2", "event-4"]
    assert len(broker.limits) == 1


async def test_another_call_does_not_wait(delivery: Delivery, broker: Broker) -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slow(envelope: Envelope) -> None:
        if envelope.subject == "call-1":
            asked.set()
            await answer.wait()

    broker.before = slow
    stuck = asyncio.ensure_future(delivery.deliver(event(1)))
    await asked.wait()
    await delivery.deliver(event(2, call="call-2"))
    assert ids(broker.taken) == ["event-2"]
    answer.set()
    await stuck


async def test_the_wait_for_the_event_before_counts_towards_the_limit(
    delivery: Delivery, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, shift = asyncio.get_running_loop(), 0.0
    real = loop.time

    async def half_a_second(envelope: Envelope) -> None:
        nonlocal shift
        await asyncio.sleep(0)
        shift += 0.5

    monkeypatch.setattr(loop, "time", lambda: real() + shift)
    broker.before = half_a_second
    await asyncio.gather(*(delivery.deliver(event(number)) for number in range(3)))
    assert broker.limits[0] > 0.5 > broker.limits[1] > 0.2
    assert broker.limits[2] == 0


Step = st.sampled_from(["one", "one", "two", "two", "kafka", "slow", "ghost", "drain"])


@settings(max_examples=100, deadline=None)
@given(steps=st.lists(Step, max_size=30))
def test_whatever_kafka_does_each_call_arrives_whole_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str]
) -> None:
    asyncio.run(_play(steps, tmp_path_factory.mktemp("play")))


async def _play(steps: list[str], folder: Path) -> None:
    broker, queue = Broker(), spool(folder)
    delivery, sent, running = Delivery(broker, queue), list[Envelope](), list[Any]()
    ghost, slow = False, False

    async def breath(envelope: Envelope) -> None:
        for _ in range(8 if slow else 1):
            await asyncio.sleep(0)
        if ghost and broker.away:
            broker.taken.append(envelope)  # it arrives, and the acknowledgement does not

    broker.before = breath
    for number, step in enumerate(steps):
        if step in ("one", "two"):
            sent.append(event(number, call=step))
            running.append(asyncio.ensure_future(delivery.deliver(sent[-1])))
        elif step == "drain":
            running.append(asyncio.ensure_future(_drain(delivery)))
            await running[-1]
        broker.away ^= step == "kafka"
        ghost ^= step == "ghost"
        slow ^= step == "slow"
        await asyncio.sleep(0)
    await asyncio.gather(*running)
    broker.away = False
    await _drain(delivery)
    for call in ("one", "two"):
        arrived = dict.fromkeys(ids(one for one in broker.taken if one.subject == call))
        assert list(arrived) == ids(one for one in sent if one.subject == call)


async def _drain(delivery: Delivery) -> None:
    try:
        while await delivery.drain():
            pass
    except Unavailable:
        pass


async def test_the_job_drains_when_kafka_is_back_and_rests_until_the_spool_fills(
    delivery: Delivery, broker: Broker, queue: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused, tries = asyncio.Event(), 0

    async def third_time(envelope: Envelope) -> None:
        nonlocal tries
        tries += 1
        broker.away = tries < 4
        if tries == 3:
            refused.set()

    monkeypatch.setattr(jobs, "PAUSE_SECONDS", 0)
    broker.before = third_time
    job = asyncio.ensure_future(jobs.drain(delivery, queue))
    await delivery.deliver(event(1))
    await refused.wait()
    while not queue.empty:
        await asyncio.sleep(0.001)
    assert ids(broker.taken) == ["event-1"]
    await delivery.deliver(event(2))
    assert ids(broker.taken) == ["event-1", "event-2"]
    job.cancel()
