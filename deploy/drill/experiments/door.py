"""2, 3, 5: ingest is killed, crashes between safe and 200, has nowhere left to write."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import psutil

from deploy.drill.evidence import Evidence
from deploy.drill.experiment import USUAL, Check, Drill, Experiment
from deploy.drill.fleet import Setup
from deploy.drill.poster import Load


def kill(times: int) -> Experiment:
    """Kills ingest at random; before every second kill Kafka is mute, so that the spool fills."""

    async def act(drill: Drill) -> None:
        for number in range(times):
            await drill.pause(0.5, 2.0)
            async with mute(drill, number % 2 == 1):
                await drill.kill("ingest")
            await drill.start("ingest")
        await drill.pause(1.0)

    return Experiment(
        "2",
        f"kill -9 ingest x{times}",
        act,
        load=Load(rate=10.0),
        needs=("kills", "spooled", "absorbed"),
    )


def crash(times: int) -> Experiment:
    """Ingest dies when the event is safe, in Kafka or on the disk, and before it has said so."""

    async def act(drill: Drill) -> None:
        for number in range(times):
            await drill.crash("ingest", "ingest.delivered", hit=5 + number)
            await drill.pause(2.0)
            await _crash_at_the_disk(drill, hit=1 + number)
            await drill.pause(2.0)

    return Experiment(
        "3",
        f"ingest crashes before its 200 x{2 * times}",
        act,
        load=Load(rate=10.0),
        needs=("crashes", "absorbed", "spooled"),
    )


async def _crash_at_the_disk(drill: Drill, hit: int) -> None:
    setups = drill.world.fleet.setups
    await drill.arrange("ingest", Setup({"crash_at": "spool.synced", "hit": hit}))
    try:
        await asyncio.to_thread(drill.world.fleet.wait, "ingest")
        async with mute(drill):
            await drill.crashed("ingest", seconds=8.0)
    finally:
        del setups["ingest"]
        await drill.stop("ingest")
        await drill.start("ingest")


@asynccontextmanager
async def mute(drill: Drill, wanted: bool = True) -> AsyncIterator[None]:
    """The broker is stopped in its tracks, for less than a session of the groups lasts."""
    if not wanted:
        yield
        return
    broker = psutil.Process(drill.world.kafka.pid)
    broker.suspend()
    try:
        await asyncio.sleep(2.0)
        yield
    finally:
        broker.resume()


@dataclass
class _Window:
    """When the disk was gone, and when the spool was full."""

    gone: tuple[float, float] = (0.0, 0.0)
    full: float = 0.0
    ready: list[bool] = field(default_factory=list)


def nowhere() -> Experiment:
    """Kafka is down; first the spool's folder is away, then the spool is full."""
    window = _Window()

    async def act(drill: Drill) -> None:
        await asyncio.to_thread(drill.world.kafka.kill)
        await drill.pause(3.0)
        window.gone = await _without_folder(drill)
        async with asyncio.timeout(90.0):
            while not await _refuses(drill):
                await asyncio.sleep(0.5)
        window.full = time.time()
        await drill.pause(3.0)
        window.ready.append(await asyncio.to_thread(drill.world.fleet.ready, "ingest"))
        drill.mark()
        await asyncio.to_thread(drill.world.kafka.start)

    small = Setup(environment={"INGEST_SPOOL_BYTES": "1000000"})
    return Experiment(
        "5",
        "Kafka and the spool both gone",
        act,
        check=_refusals(window),
        load=Load(webhooks=1000, rate=50.0),
        setups={**USUAL, "ingest": small},
        needs=("refused", "spooled"),
        patience=180.0,
    )


async def _without_folder(drill: Drill) -> tuple[float, float]:
    folder = drill.world.files.spool()
    aside = folder.with_name("spool-aside")
    began = time.time()
    folder.rename(aside)
    try:
        await drill.pause(3.0)
    finally:
        aside.rename(folder)
    return began, time.time()


async def _refuses(drill: Drill) -> bool:
    """Whether an empty but signed body, which would be quarantined, is refused."""
    body = b"drill %f" % time.time()
    headers = drill.world.signer().headers(body, int(time.time()))
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(drill.world.webhook_url, content=body, headers=headers)
    return answer.status_code == 503


def _refusals(window: _Window) -> Check:
    def check(drill: Drill, found: Evidence) -> None:
        began, ended = window.gone
        away = [a for a in found.posted if began + 1.0 < a.began and a.at < ended - 0.2]
        refused = [a for a in found.posted if a.status == 503]
        drill.must(bool(away), "nothing was posted while the folder was away")
        safe = all(a.status == 503 for a in away if not a.kind.startswith("poison"))
        drill.must(safe, "answered other than 503 while nothing could be kept")
        drill.must(all(a.retry_after for a in refused), "a 503 without Retry-After")
        drill.must(window.ready == [False], "ready while the spool was full")

    return check
