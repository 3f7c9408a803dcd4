"""A service at work while a part of it is missing."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError

from libs.common.bus import Unavailable, topics
from libs.common.bus.topics import MissingTopics
from libs.common.events import CallMatched, CallStarted
from libs.common.mongo import TenantScope, Work
from libs.common.service import Running, Service, running
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
    assert notes._topics() == {"calls.v1", "matches.v1", "notes.dead.v1", "tenants.v1"}


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
