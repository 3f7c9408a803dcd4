"""The spool under appends, takes, failures and crashes in any order."""

import asyncio
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from services.ingest.spool import Spool, SpoolFull
from tests.ingest.given import event, fails, files, ids, keys, numbers, spool


async def test_an_append_behind_the_last_look_is_not_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`oldest` must not clear the wake-up of an event that waits behind it for the disk."""
    queue, reached, go_on = spool(tmp_path), asyncio.Event(), asyncio.Event()
    to_thread = asyncio.to_thread

    async def fails_late(*_: Any) -> None:
        monkeypatch.setattr(asyncio, "to_thread", to_thread)
        reached.set()
        await go_on.wait()
        raise OSError

    monkeypatch.setattr(asyncio, "to_thread", fails_late)
    refused = asyncio.ensure_future(queue.append(event(1)))
    await reached.wait()
    look = asyncio.ensure_future(queue.oldest())
    await asyncio.sleep(0)
    behind = asyncio.ensure_future(queue.append(event(2)))
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(SpoolFull):
        await refused
    await behind
    oldest = await look
    assert oldest is not None
    assert ids(oldest[1]) == numbers(2)
    assert not queue.empty


Step = st.sampled_from(["append", "append", "append", "take", "take", "breathe", "disk", "crash"])


@settings(max_examples=150, deadline=None)
@given(steps=st.lists(Step, max_size=25))
def test_whatever_the_interleaving_nothing_acknowledged_is_lost(steps: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        asyncio.run(Interleaving(Path(folder), patch).run(steps))


class Interleaving:
    """Appends, takes, disk failures and crashes on one spool, in the order that a test gives."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.keys, self.disk_works = folder, keys(folder), True
        self.safe: list[str] = []
        self.out: list[str] = []
        self.running: list[asyncio.Task[None]] = []
        fsync = os.fsync
        patch.setattr(os, "fsync", lambda handle: fsync(handle) if self.disk_works else fails())
        patch.setattr(asyncio, "to_thread", _in_turn)

    async def run(self, steps: list[str]) -> None:
        self.start()
        for number, step in enumerate(steps):
            await self.step(step, number)
        await asyncio.gather(*self.running)
        assert not (self.queue.empty and files(self.folder))
        self.disk_works = True
        await self.take()
        assert self.queue.empty
        assert files(self.folder) == []
        assert REGISTRY.get_sample_value("spool_bytes") == 0
        first = list(dict.fromkeys(self.out))
        assert [name for name in first if name in self.safe] == sorted(self.safe, key=_number)

    def start(self) -> None:
        self.queue = Spool(self.folder / "spool", 1_000_000, self.keys)
        self.one_drainer = asyncio.Lock()

    async def step(self, step: str, number: int) -> None:
        if step == "append":
            self.running.append(asyncio.ensure_future(self.append(number)))
        elif step == "take":
            self.running.append(asyncio.ensure_future(self.take()))
        elif step == "disk":
            self.disk_works = not self.disk_works
        elif step == "crash":
            for task in self.running:
                task.cancel()
            await asyncio.gather(*self.running, return_exceptions=True)
            self.running = []
            self.start()
        await asyncio.sleep(0)

    async def append(self, number: int) -> None:
        with suppress(SpoolFull):
            await self.queue.append(event(number))
            self.safe.append(f"event-{number}")

    async def take(self) -> None:
        with suppress(OSError):
            async with self.one_drainer:
                while oldest := await self.queue.oldest():
                    await asyncio.sleep(0)  # Kafka
                    self.out += ids(oldest[1])
                    await self.queue.remove(oldest[0])


def _number(name: str) -> int:
    return int(name.removeprefix("event-"))


async def _in_turn(function: Any, *arguments: Any) -> Any:
    """`asyncio.to_thread` whose moment the test decides."""
    await asyncio.sleep(0)
    result = function(*arguments)
    await asyncio.sleep(0)
    return result
