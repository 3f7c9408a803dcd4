"""Kafka stops while webhooks arrive: every one is answered 200, and none is lost or overtaken."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from deploy.local.kafka import Kafka
from libs.common import clock
from libs.common.bus import topics
from libs.common.service import Running
from services.ingest.store import Store
from tests.ingest.given import SIGNER, agency, opened, ring, webhook
from tests.integration.test_bus_and_stores import published
from tests.support.http import Harness

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

KINDS = ["call.started", "call.answered", "call.ended"]
CALLS = [f"call-{number:02d}" for number in range(20)]


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[Kafka]:
    """A broker that the test may stop."""
    server = Kafka(tmp_path / "broker")
    yield server.start()
    server.kill()


@asynccontextmanager
async def ingest(house: Harness[Store]) -> AsyncIterator[Running[Store]]:
    """The real door, producer, spool and drain job; the tenants are given."""
    running: Running[Store] = Running(house.service)
    running.tenants = house.tenants
    running.tenants_read.set()
    assert house.service.door
    house.front = house.service.door(running, house.app)
    job = asyncio.ensure_future(house.service.jobs[0](running))
    try:
        yield running
    finally:
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)
        await running.producer.stop()
        running.mongo.close()
        await house.close()
    assert asyncio.all_tasks() == {asyncio.current_task()}


def webhooks(call: str) -> list[bytes]:
    return [ring(1, call), webhook("call.answered", 2, call), webhook("call.hangup", 3, call)]


async def deliver(house: Harness[Store], bodies: list[bytes]) -> list[tuple[int, bytes]]:
    """Sends them all at once, in this order."""
    client, now = house.client(None), int(clock.now().timestamp())
    answers = await asyncio.gather(
        *(
            client.post("/webhooks/telnyx", content=body, headers=SIGNER.headers(body, now))
            for body in bodies
        )
    )
    return [(answer.status_code, answer.content) for answer in answers]


async def arrived(kafka: Kafka, tenant: str) -> dict[str, list[str]]:
    """The types on the topic by call, each event where it came first."""
    events = {event.id: event for event in await published(kafka.url, "calls.v1", tenant)}
    calls: dict[str, list[str]] = {}
    for event in events.values():
        calls.setdefault(event.subject, []).append(event.type)
    return calls


async def emptied(spool: Path) -> None:
    """Waits until everything on disk is published."""
    async with asyncio.timeout(60):
        while list(spool.iterdir()):
            await asyncio.sleep(0.1)


def spooled() -> float:
    return REGISTRY.get_sample_value("spooled_total") or 0.0


async def test_a_stopped_broker_loses_and_reorders_nothing(kafka: Kafka, tmp_path: Path) -> None:
    await topics.apply(kafka.url)
    house = await opened(tmp_path, kafka_url=kafka.url)
    tenant = (await agency(house)).tenant
    spool = tmp_path / "spool"
    async with ingest(house):
        # What comes first to a broker that has just begun may be answered too late, and go by disk.
        assert await deliver(house, webhooks("first")) == [(200, b"")] * 3
        await emptied(spool)

        before = spooled()
        assert await deliver(house, webhooks("before")) == [(200, b"")] * 3
        assert await arrived(kafka, tenant) == {"first": KINDS, "before": KINDS}
        assert spooled() == before

        await asyncio.to_thread(kafka.stop)
        rounds = zip(*map(webhooks, CALLS), strict=True)
        for each in rounds:
            assert await deliver(house, list(each)) == [(200, b"")] * len(CALLS)
        assert await deliver(house, webhooks("hasty")) == [(200, b"")] * 3
        assert spooled() == before + 63

        await asyncio.to_thread(kafka.start)
        await emptied(spool)
        names = ["first", "before", "hasty", *CALLS]
        assert await arrived(kafka, tenant) == dict.fromkeys(names, KINDS)

        assert await deliver(house, webhooks("after")) == [(200, b"")] * 3
        assert spooled() == before + 63
        assert (await arrived(kafka, tenant))["after"] == KINDS
