"""A service at work while a part of it is missing."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError

from libs.common.bus import Unavailable, topics
from libs.common.bus.topics import MissingTopics
from libs.common.events import CallMatched, CallStarted
from libs.common.mongo import TenantScope, Work
from libs.common.service import Running, Service, closing, running
from libs.common.settings import Settings


async def note(_: CallStarted, __: TenantScope, ___: Work) -> None:
    raise AssertionError


@pytest.fixture
async def notes(tmp_path: Path) -> Running[TenantScope]:
    (tmp_path / "jwks.json").write_text('{"keys": []}')
    settings = Settings(
        kafka_url="127.0.0.1:1",
        mongo_url="mongodb://127.0.0.1:1",
        keys_file=tmp_path / "keys.json",
        jwks_file=tmp_path / "jwks.json",
        environment="development",
        port=1,
        admin_port=2,
    )
    service: Service[TenantScope] = Service(
        name="notes",
        settings=settings,
        store=lambda scope, _: scope,
        consumes=((CallStarted, note),),
        emits=(CallMatched,),
    )
    return Running(service)


class Parts:
    """What runs beside the jobs, and never ends by itself."""

    def __init__(self, notes: Running[TenantScope], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(topics, "wait_for", self.last)
        for part, method in (
            (notes._tenant_reader, "run"),
            (notes._order_reader, "run"),
            (notes.outbox, "relay"),
            (notes.trail, "run"),
            (notes.letters, "watch"),
            (notes, "_open_store"),
        ):
            monkeypatch.setattr(part, method, self.last)
        monkeypatch.setattr(notes, "_servers", lambda: [])

    async def last(self, *_: Any) -> None:
        await asyncio.Event().wait()


async def test_jobs_end_beside_the_consumer_and_only_then_the_rest_is_cancelled(
    notes: Running[TenantScope], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []
    leaving, settled = asyncio.Event(), asyncio.Event()

    class Joined:
        async def stop(self) -> None:
            leaving.set()
            await settled.wait()
            ended.append("consumer")

    async def send(running: Running[TenantScope]) -> None:
        await running.stopping.wait()
        await leaving.wait()
        ended.append("job")
        settled.set()

    async def close(_: Running[TenantScope]) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("connections")

    async def drained() -> None:
        ended.append("outbox")

    Parts(notes, monkeypatch)

    async def sent() -> None:
        ended.append("trail")

    monkeypatch.setattr(notes.outbox, "drained", drained)
    monkeypatch.setattr(notes.trail, "drained", sent)
    monkeypatch.setattr(notes, "_consumer", Joined())
    notes.service = replace(notes.service, ending=(send,), jobs=(close,))
    notes.orders_obeyed.set()
    notes.stopping.set()
    await notes.run()
    assert ended == ["job", "consumer", "outbox", "trail", "connections"]


async def test_a_part_that_was_cut_off_is_why_the_process_should_be_restarted(
    notes: Running[TenantScope], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> None:
        raise asyncio.CancelledError

    Parts(notes, monkeypatch)
    monkeypatch.setattr(notes.trail, "run", broken)
    whole = asyncio.ensure_future(notes.run())
    assert notes.live() == []
    async with asyncio.timeout(20):
        while not notes.live():
            await asyncio.sleep(0.01)
    (why,) = notes.live()
    assert "broken was cut off" in why
    notes.stopping.set()
    assert notes.live() == []
    await whole
    assert notes.live() == []


async def test_a_job_that_does_not_end_is_cut_off_in_time(
    notes: Running[TenantScope], monkeypatch: pytest.MonkeyPatch
) -> None:
    cut: list[str] = []

    async def endless(_: Running[TenantScope]) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cut.append("job")

    Parts(notes, monkeypatch)
    monkeypatch.setattr(running, "JOBS_SECONDS", 0)
    notes.service = replace(notes.service, ending=(endless,))
    notes.orders_obeyed.set()
    notes.stopping.set()
    await notes.run()
    assert cut == ["job"]


async def test_a_job_that_has_not_begun_is_not_waited_for(
    notes: Running[TenantScope], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    async def job(_: Running[TenantScope]) -> None:
        begun.append("job")

    Parts(notes, monkeypatch)
    monkeypatch.setattr(running, "JOBS_SECONDS", 3600.0)
    notes.service = replace(notes.service, ending=(job,))
    notes.stopping.set()
    await notes.run()
    assert begun == []


async def test_the_group_is_joined_when_kafka_comes_back(
    notes: Running[TenantScope], monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[Any] = []

    class Late:
        def __init__(self, *_: Any) -> None:
            tries.append(self)

        async def start(self) -> None:
            if len(tries) < 3:
                raise Unavailable("KafkaConnectionError")

        def portions(self, *_: Any) -> None:
            pass

        def stuck(self) -> list[str]:
            return []

    real = asyncio.sleep
    monkeypatch.setattr(running, "Consumer", Late)
    monkeypatch.setattr("asyncio.sleep", lambda _: real(0))
    await notes._join()
    assert len(tries) == 3
    assert notes.live() == []


def test_the_topic_for_dead_letters_is_one_that_must_be_there(
    notes: Running[TenantScope],
) -> None:
    own = {"calls.v1", "matches.v1", "notes.dead.v1"}
    assert notes._topics() == own | {"audit-entries.v1", "privacy.v1", "tenants.v1"}


async def test_kafka_may_come_later_and_missing_topics_end_the_process(
    notes: Running[TenantScope], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [KafkaConnectionError(), TimeoutError(), MissingTopics("missing topics: calls.v1")]

    async def asked(*_: Any) -> None:
        raise answers.pop(0)

    real = asyncio.sleep
    monkeypatch.setattr(topics, "check", asked)
    monkeypatch.setattr("asyncio.sleep", lambda _: real(0))
    monkeypatch.setattr(notes, "_servers", lambda: [])
    with pytest.raises(MissingTopics, match=r"calls\.v1"):
        await notes.run()
    assert answers == []


async def test_a_client_is_closed_where_its_job_is_cancelled() -> None:
    class Client:
        closed = False

        async def close(self) -> None:
            self.closed = True

    client = Client()
    job = asyncio.ensure_future(closing(client)(None))
    await asyncio.sleep(0)
    assert not client.closed
    job.cancel()
    assert isinstance((await asyncio.gather(job, return_exceptions=True))[0], BaseException)
    assert client.closed
