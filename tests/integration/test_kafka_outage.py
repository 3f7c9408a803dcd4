"""Kafka is gone while webhooks arrive, or while the platform starts: nothing is lost."""

import asyncio
import json
from collections import defaultdict
from datetime import datetime
from time import monotonic
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaConsumer

from deploy.local.agency import Person
from deploy.local.kafka import Kafka
from deploy.local.platform import Platform
from deploy.local.services import NAMES
from libs.common import clock
from tests.support.platform import US, Outside, until

SECONDS = 30
CALLS_PER_SECOND = 2

pytestmark = pytest.mark.timeout(180)


async def test_services_that_start_before_kafka_wait_for_it(
    outside: Outside, platform: Platform
) -> None:
    services, kafka = platform.services, _kafka(platform)
    await asyncio.to_thread(services.stop, *NAMES)
    await asyncio.to_thread(kafka.stop)
    try:
        for name in NAMES:
            services.launch(name)
        async with httpx.AsyncClient(base_url=services.addresses["ingest"].admin) as admin:
            await until(lambda: _answers(admin, "/livez", 200))
            assert await _answers(admin, "/readyz", 503)
        assert (await outside.ring(US, **{"from": "+15125550171"}))["status"] == 503
        began = monotonic()
        await asyncio.to_thread(services.stop, "gateway")
        assert monotonic() - began < 15
        services.launch("gateway")
    finally:
        await asyncio.to_thread(kafka.start)
        for name in NAMES:
            await asyncio.to_thread(services.wait, name)
        platform.write()
    assert (await outside.ring(US, **{"from": "+15125550171"}))["status"] == 200


def _kafka(platform: Platform) -> Kafka:
    return next(server for server in platform.servers.started if isinstance(server, Kafka))


async def _answers(admin: httpx.AsyncClient, path: str, status: int) -> bool:
    try:
        return (await admin.get(path)).status_code == status
    except httpx.HTTPError:
        return False


async def test_all_are_answered_200_and_all_are_matched_afterwards(
    outside: Outside, platform: Platform
) -> None:
    agent = await outside.person(US, "agent")
    kafka = _kafka(platform)
    await asyncio.to_thread(kafka.stop)
    away_from = clock.now()
    admin = await outside.person(US, "admin")
    statuses: list[int] = []
    sessions: list[str] = []
    try:
        for _ in range(SECONDS * CALLS_PER_SECOND):
            rung = await outside.ring(US, **{"from": "+15125550171"})
            session = rung["session_id"]
            sessions.append(session)
            ends = [await outside.ask(f"/calls/{session}/{s}", {}) for s in ("answer", "hangup")]
            statuses += [answer["status"] for answer in (rung, *ends)]
            await asyncio.sleep(1 / CALLS_PER_SECOND)
    finally:
        await asyncio.to_thread(kafka.start)
    assert statuses == [200] * (3 * len(sessions))

    async def all_done() -> bool:
        calls = await asyncio.gather(*(agent.http.get(f"/v1/calls/{s}") for s in sessions))
        return all(c.status_code == 200 and _complete(c.json()) for c in calls)

    await until(all_done, 90)
    await until(lambda: _on_record(admin, away_from))
    order = await _types_per_call(platform.servers.kafka_url, set(sessions))
    assert len(order) == len(sessions)
    assert {tuple(types) for types in order.values()} == {
        ("call.started", "call.answered", "call.ended")
    }


async def _on_record(admin: Person, since: datetime) -> bool:
    """That they signed in while Kafka was away, and it was tried in vain, is sealed like all."""
    query = {"action": "session.signed_in", "from": clock.rfc3339(since)}
    answer = await admin.http.get("/v1/audit", params=query)
    answer.raise_for_status()
    return bool(answer.json()["data"])


def _complete(call: dict[str, Any]) -> bool:
    match = call["match"] or {}
    return bool(call["ended_at"] and call["answered_at"] and match.get("outcome") == "matched")


async def _types_per_call(url: str, sessions: set[str]) -> dict[str, list[str]]:
    """The types of each call's events in the order of the log, repetitions left out."""
    consumer = AIOKafkaConsumer("calls.v1", bootstrap_servers=url, auto_offset_reset="earliest")
    await consumer.start()
    found: defaultdict[str, list[str]] = defaultdict(list)
    seen: set[str] = set()
    try:
        ends = await consumer.end_offsets(list(consumer.assignment()))
        while any([await consumer.position(p) < end for p, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for event in (json.loads(record.value) for record in records):
                    if event.get("subject") in sessions and event["id"] not in seen:
                        seen.add(event["id"])
                        found[event["subject"]].append(event["type"])
    finally:
        await consumer.stop()
    return dict(found)
