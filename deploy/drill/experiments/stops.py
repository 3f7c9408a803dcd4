"""26: people text STOP while a hundred messages a second are taken in, and theirs are waiting."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Any

import aiohttp
import httpx

from deploy.drill.experiment import Drill, Experiment
from deploy.drill.poster import Load
from deploy.local.agency import Person, Stream
from libs.common import clock

RATE = 100.0
SECONDS = 30
PEOPLE = 100
OTHERS = 100
"""People who are written to as well, and let it be."""

LIMIT = 2.0
"""Seconds from the answer to the webhook until all that waits for the person is withdrawn."""

_AT_ONCE = 64


@dataclass
class _Desk:
    """Messages that wait for their hour, and the moments at which people wrote STOP."""

    orders: aiohttp.ClientSession
    provider: httpx.AsyncClient
    stream: Stream
    line: str
    waiting: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    stopped: dict[int, float] = field(default_factory=dict)
    owed: dict[int, set[str]] = field(default_factory=dict)
    taken: int = 0

    async def order(self) -> float:
        """Orders at the rate, whatever becomes of those before; returns messages taken in per s."""
        began, free = monotonic(), asyncio.Semaphore(_AT_ONCE)
        people = self._people()
        async with asyncio.TaskGroup() as orders:
            for number in range(int(RATE * SECONDS)):
                await asyncio.sleep(max(0.0, began + number / RATE - monotonic()))
                await free.acquire()
                orders.create_task(self._one(next(people), free))
        return self.taken / (monotonic() - began)

    def _people(self) -> Iterator[int]:
        """In turn all who have not written STOP."""
        while True:
            yield from (who for who in range(PEOPLE + OTHERS) if who not in self.owed)

    async def _one(self, who: int, free: asyncio.Semaphore) -> None:
        later = clock.rfc3339(clock.now() + timedelta(hours=1))
        body = {"to": _number(who), "class": "service", "text": "Later.", "send_at": later}
        try:
            async with self.orders.post("/v1/messages", json=body) as answer:
                if answer.status == httpx.codes.ACCEPTED:
                    self.taken += 1
                    self.waiting[who].add((await answer.json())["id"])
        finally:
            free.release()

    async def stop(self, drill: Drill) -> None:
        """One person after the other, at random moments of the load."""
        await asyncio.sleep(3.0)
        for who in range(PEOPLE):
            await drill.pause(0.1, 0.4)
            self.owed[who] = set(self.waiting[who])
            order = {"from": _number(who), "to": self.line, "text": "STOP"}
            answer = (await self.provider.post("/texts", json=order)).json()
            drill.must(answer["status"] == httpx.codes.OK, f"STOP answered {answer['status']}")
            self.stopped[who] = monotonic()

    def took(self) -> list[float]:
        """Seconds for each person who had something waiting; never is infinite."""
        blocked = {
            event["data"]["message_id"]: at
            for at, name, event in self.stream.seen
            if name == "sms.blocked"
        }
        return sorted(
            max(blocked.get(message, float("inf")) for message in owed) - self.stopped[who]
            for who, owed in self.owed.items()
            if owed
        )


def _number(who: int) -> str:
    return f"+1720555{100 + who:04d}"


async def act(drill: Drill) -> None:
    """Orders and stops side by side, then counts."""
    async with _opened(drill) as desk:
        ordering = asyncio.ensure_future(desk.order())
        await desk.stop(drill)
        rate = await ordering
        await asyncio.sleep(2 * LIMIT)
        took = desk.took()
        drill.counts["taken in"] += desk.taken
        drill.counts["messages per s"] += round(rate)
        drill.counts["stops"] += len(took)
        drill.counts["stop p50 ms"] += _ms(took, 0.5)
        drill.counts["stop p99 ms"] += _ms(took, 0.99)
        drill.must(rate >= 0.95 * RATE, f"only {rate:.0f} messages/s were taken in")
        drill.must(_ms(took, 0.99) < LIMIT * 1000, "a STOP took longer than its limit")


def _ms(took: list[float], share: float) -> int:
    value = took[min(len(took) - 1, int(share * len(took)))] if took else float("inf")
    return round(min(value, 1e6) * 1000)


@asynccontextmanager
async def _opened(drill: Drill) -> AsyncIterator[_Desk]:
    world = drill.world
    tenant, about = next(iter(world.tenants.items()))
    async with AsyncExitStack() as stack:
        provider = httpx.AsyncClient(base_url=world.simulator_url, timeout=30.0)
        await stack.enter_async_context(provider)
        person = await world.person(tenant, "admin")
        stack.push_async_callback(person.close)
        stream: Any = await stack.enter_async_context(person.live())
        orders = await stack.enter_async_context(_program(person))
        yield _Desk(orders, provider, stream, about["number"])


def _program(person: Person) -> aiohttp.ClientSession:
    """Orders in the person's name; of many at once, this client costs a fifth of the other's."""
    http = person.http
    cookie = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
    headers = {"Cookie": cookie, "Origin": http.headers["Origin"]}
    return aiohttp.ClientSession(str(http.base_url), headers=headers)


STOPS = Experiment(
    "26",
    f"STOP while {RATE:.0f} messages/s are taken in",
    act,
    load=Load(webhooks=30, rate=1.0),
    setups={},
    needs=("stops", "taken in"),
)
