"""A service at work while a part of it is missing."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from libs.common.bus import Unavailable
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
