"""Publishing where no broker answers."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.local.process import free_port
from libs.common.bus import Producer, Unavailable
from libs.common.events import CallAnswered, Envelope, enclose

AT = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def answered(session: str) -> Envelope:
    fact = CallAnswered(session_id=session, leg_id="l-1", occurred_at=AT)
    return enclose(fact, "agencyaaa", id=session, source="ingest", time=AT)


@pytest.fixture
def producer() -> Producer:
    topics = {CallAnswered.TYPE: CallAnswered.TOPIC}
    return Producer(f"127.0.0.1:{free_port()}", "test", topics)


@pytest.mark.parametrize("how", ["publish", "append"])
async def test_who_is_told_that_it_failed_goes_on_as_before(producer: Producer, how: str) -> None:
    with pytest.raises(Unavailable):
        await getattr(producer, how)([answered("s-1"), answered("s-2")])
    me = asyncio.current_task()
    assert me is not None
    assert me.cancelling() == 0
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()


class Lanes:
    """The first key fails once the second has begun; that would never end."""

    def __init__(self, *, failing: bool) -> None:
        self.begun, self.ended = asyncio.Event(), 0
        self._failing = failing

    async def publish_one(self, envelope: Envelope, *_: Any) -> None:
        try:
            if envelope.id == "s-1" and self._failing:
                await self.begun.wait()
                raise Unavailable("no")
            self.begun.set()
            await asyncio.Event().wait()
        finally:
            self.ended += 1


async def test_nothing_is_under_way_once_it_has_failed(
    producer: Producer, monkeypatch: pytest.MonkeyPatch
) -> None:
    lanes = Lanes(failing=True)
    monkeypatch.setattr(producer, "publish_one", lanes.publish_one)
    with pytest.raises(Unavailable):
        await producer.publish([answered("s-1"), answered("s-2")])
    assert lanes.ended == 2


async def test_nor_once_it_was_called_off(
    producer: Producer, monkeypatch: pytest.MonkeyPatch
) -> None:
    lanes = Lanes(failing=False)
    monkeypatch.setattr(producer, "publish_one", lanes.publish_one)
    publishing = asyncio.ensure_future(producer.publish([answered("s-1"), answered("s-2")]))
    await lanes.begun.wait()
    publishing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await publishing
    assert lanes.ended == 2
