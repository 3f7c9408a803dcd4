"""The consumer with its lanes, against raw `getmany` and the same parser."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import perf_counter, process_time
from typing import Any

from deploy.bench.figures import Goal, Row
from deploy.bench.raw import kafka
from deploy.bench.requests import reserved
from deploy.bench.stage import LINE, TENANT, Stage, saved
from libs.common import clock
from libs.common.bus import Consumer, Dispatch, Record, guarded
from libs.common.events import CallStarted, Envelope, TenantSaved, enclose
from libs.common.mongo import Work
from libs.common.tenants import Tenants

EVENTS = 20_000
KEYS = 1_000
TOPIC = "floor.bus.v1"
SECONDS = 60.0

Seen = tuple[float, float]
"""Events per second, and µs of CPU per event."""

Take = Callable[[Record], Awaitable[None]]


class NoStore:
    """Runs handlers with nothing to write to: what is left is the bus."""

    async def once(self, tenant: TenantSaved, cause: Envelope, _: str, body: Any) -> bool:
        """Runs the body."""
        await body(None, Work(tenant, cause.time))
        return True


async def measure(stage: Stage, rounds: int) -> list[Row]:
    """Both rows on the same events."""
    await stage.topic(TOPIC)
    await kafka.produce(stage.kafka_url, TOPIC, ((e.key, e.to_json()) for e in events()))
    raw, parsed, handled = [], [], []
    for place in range(rounds):
        raw.append(await kafka.consume(stage.kafka_url, TOPIC, EVENTS))
        parsed.append(await consume(stage, f"parsing{place}", _parse))
        handled.append(await consume(stage, f"handling{place}", _guarded(dispatch())))
        stage.say(f"getmany {_told(raw)}; consumer {_told(parsed)}; with dispatch {_told(handled)}")
    return [
        _rates("consumer, envelope parsed", raw, parsed, Goal("at least", 0.5)),
        _cpu("consumer, envelope parsed: CPU per event", raw, parsed),
        _rates("consumer, typed fact to an empty handler", raw, handled, None),
        _cpu("consumer, typed fact to an empty handler: CPU per event", raw, handled),
    ]


def events() -> list[Envelope]:
    """Calls that ring, `KEYS` sessions in turn."""
    now, callers = clock.now(), reserved()
    return [
        enclose(
            CallStarted(
                session_id=f"session-{place % KEYS}",
                leg_id=f"leg-{place}",
                occurred_at=now + timedelta(milliseconds=place),
                direction="incoming",
                started_at=now,
                line=LINE,
                party=callers[place % KEYS],
                party_kind="number",
                attestation="A",
            ),
            TENANT,
            id=f"event-{place}",
            source="ingest",
            time=now,
        )
        for place in range(EVENTS)
    ]


def dispatch() -> Take:
    """The platform's own way from a record to a handler, with one that does nothing."""

    async def empty(_call: CallStarted, _store: None, _work: Work) -> None:
        """Does nothing."""

    tenants = Tenants()
    tenants.put(saved(TENANT))
    units: Any = NoStore()
    return Dispatch([(CallStarted, empty)], units, tenants).take


async def consume(stage: Stage, group: str, take: Take) -> Seen:
    """From the first event to the last, under a group of its own."""
    began, spent, seen, done = 0.0, 0.0, 0, asyncio.Event()

    async def counted(record: Record) -> None:
        nonlocal began, spent, seen
        if not began:
            began, spent = perf_counter(), process_time()
        await take(record)
        seen += 1
        if seen == EVENTS:
            done.set()

    consumer = Consumer(stage.kafka_url, group, (TOPIC,), counted)
    await consumer.start()
    try:
        async with asyncio.timeout(SECONDS):
            await done.wait()
        return seen / (perf_counter() - began), (process_time() - spent) / seen * 1e6
    finally:
        await consumer.stop()


async def _parse(record: Record) -> None:
    Envelope.from_json(record.value)


def _guarded(take: Take) -> Take:
    async def never(record: Record, reason: str, _attempts: int) -> None:
        raise AssertionError(f"{record.place} was parked: {reason}")

    async def one(record: Record) -> None:
        await guarded(record, take, never)

    return one


def _rates(name: str, floor: list[Seen], ours: list[Seen], goal: Goal | None) -> Row:
    return Row(name, "events/s", tuple(f for f, _ in floor), tuple(o for o, _ in ours), goal)


def _cpu(name: str, floor: list[Seen], ours: list[Seen]) -> Row:
    return Row(name, "µs", tuple(f for _, f in floor), tuple(o for _, o in ours))


def _told(seen: list[Seen]) -> str:
    return f"{seen[-1][0]:,.0f}/s at {seen[-1][1]:.0f} µs"
