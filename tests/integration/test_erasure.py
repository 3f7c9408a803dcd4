"""Somebody is erased on real parts: during a call, with a service away, before a replay."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer
from prometheus_client.parser import text_string_to_metric_families
from pymongo import MongoClient

from deploy.drill.groups import lag
from deploy.local.agency import Person
from deploy.local.cache import ROOT
from deploy.local.calls import CALLS
from deploy.local.platform import Platform
from deploy.local.seed import seed
from deploy.local.show import Show
from deploy.local.unseen import Unseen
from libs.common import clock
from libs.common.bus import Producer
from libs.common.bus.guard import HEARD
from libs.common.bus.rewinding import rewind
from libs.common.events import Envelope, ErasureDone, ErasureOrdered, enclose, fact_of
from libs.common.keys import Keys
from tests.support.office import send
from tests.support.platform import US, Outside, until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

NUMBERS = (f"+1303555{last:04d}" for last in range(131, 160))
"""Each test has people of its own: who was erased once may not simply be added again."""

NAME = "Nightingale Thornbury"
STORES = ("gateway", "ingest", "matcher", "insights", "messaging")
PLUMBING = {"inbox", "outbox", "parked", "trail", "numbers", "leases", "heard"}

Documents = dict[str, list[Any]]


@pytest.fixture(scope="module")
def running() -> Iterator[Platform]:
    """A platform of its own: these tests stop services and set groups back."""
    made = Platform(ROOT / ".local" / "test" / f"erasing-{os.getpid()}", print)
    made.start()
    try:
        made.tenants = asyncio.run(seed(made.files, made.console_url, print))
        made.write()
        yield made
    finally:
        made.stop()
    shutil.rmtree(made.files.state)


class House:
    """What the tests do and see from outside."""

    def __init__(
        self, outside: Outside, admin: Person, server: MongoClient[dict[str, Any]]
    ) -> None:
        self.platform, self.outside, self.admin = outside.platform, outside, admin
        self.server = server
        self.noura, self.dan = next(NUMBERS), next(NUMBERS)
        self.keys = Keys(outside.platform.files.keys)
        self._orders = 0
        self.request = f"req_{uuid4().hex}"

    def code(self, number: str | None = None) -> str:
        return self.keys.code(US, number or self.noura)

    async def order(self) -> ErasureOrdered:
        """As consent does it."""
        self._orders += 1
        fact = ErasureOrdered(
            request_id=self.request, subject=self.code(), at=clock.now(), round=self._orders
        )
        event = enclose(fact, US, id=uuid4().hex, source="consent", time=clock.now())
        places = {ErasureOrdered.TYPE: ErasureOrdered.TOPIC}
        producer = Producer(self.platform.servers.kafka_url, "test", places)
        await producer.publish_one(event)
        await producer.stop()
        return fact

    async def answers(self, number: int) -> dict[str, ErasureDone]:
        """Answers to this round by store, so far."""
        found = {}
        for envelope in await events(self.platform.servers.kafka_url, ErasureDone.TOPIC):
            if envelope.type == ErasureDone.TYPE:
                fact = fact_of(envelope, ErasureDone)
                if (fact.request_id, fact.round) == (self.request, number):
                    found[fact.store] = fact
        return found

    async def answered(self, *stores: str) -> dict[str, ErasureDone]:
        """All answers to the last order, once these are there."""

        async def all_there() -> dict[str, ErasureDone] | None:
            found = await self.answers(self._orders)
            return found if found.keys() >= set(stores) else None

        found: dict[str, ErasureDone] = await until(all_there, 30)
        return found

    async def add(self, number: str, name: str) -> None:
        body = {"name": name, "numbers": [{"number": number}], "lawful_basis": "contract"}
        answer = await self.admin.http.post("/v1/customers", json=body)
        assert answer.status_code == 201, answer.text

    async def ring(self, number: str, *names: str) -> str:
        """A call, as far as its events are named; gives the session."""
        rung = await self.outside.ring(US, **{"from": number, "hold": True})
        session: str = rung["session_id"]
        steps = [{"event": name} for name in ("initiated", *names)]
        await self.outside.ask(f"/calls/{session}/script", {"steps": steps})

        async def carded() -> bool:
            row = self.server["insights"][f"calls__{US}"].find_one({"_id": session})
            return bool(row and row["card"] and row["card"]["version"] == 2)

        await until(carded)
        return session

    async def text(self, number: str) -> None:
        line = self.platform.tenants[US]["number"]
        words = {"from": number, "to": line, "text": "Hello there"}
        await self.outside.ask("/texts", words)
        assert (await send(self.admin, number, "service", "Hello back")).status_code == 202
        rows = self.server["messaging"][f"messages__{US}"]

        async def both() -> bool:
            wanted = {"subject": self.code(number), "state": {"$in": ["received", "delivered"]}}
            return rows.count_documents(wanted) == 2

        await until(both)

    def documents(self) -> Documents:
        """Everything the stores keep, but for plumbing and the codes that stay for ever."""
        found: Documents = {}
        for name in STORES:
            for collection in self.server[name].list_collection_names():
                entity = collection.partition("__")[0]
                if entity not in PLUMBING and entity not in {"erased", "gone"}:
                    rows = self.server[name][collection].find({}, sort=[("_id", 1)])
                    found[f"{name}.{collection}"] = list(rows)
        return found

    def traces(self) -> set[str]:
        """Collections that know the person by number, name or code."""
        marks = (self.noura, self.noura[2:], NAME, self.code())
        return {
            place
            for place, rows in self.documents().items()
            if any(mark in str(row) for row in rows for mark in marks)
        }

    async def skipped(self) -> float:
        """Events that were passed over, in all processes."""
        total = 0.0
        async with httpx.AsyncClient() as client:
            for name in STORES:
                address = self.platform.services.addresses[name]
                text = (await client.get(f"{address.admin}/metrics")).text
                for family in text_string_to_metric_families(text):
                    if family.name == "events_skipped_erased":
                        total += sum(s.value for s in family.samples if s.name.endswith("_total"))
        return total

    async def quiet(self) -> None:
        """Waits until every group has taken in what there is."""

        async def none() -> bool:
            return not any((await lag(self.platform.servers.kafka_url)).values())

        await until(none, 60)

    async def erased(self) -> Documents:
        """The person is erased everywhere; gives what is left of the others."""
        await self.order()
        await self.answered(*STORES)
        await self.quiet()
        return self.documents()

    async def set_back(self, *, forgetful: bool = False) -> None:
        """Every group begins the log again; the forgetful do not know what they have taken in.

        They know what orders they have obeyed: what was ordered is never done twice.
        """
        services, kafka = self.platform.services, self.platform.servers.kafka_url
        services.stop(*STORES)
        for name in STORES:
            assert await rewind(kafka, name) > 0
            if forgetful:
                orders = {"_id": {"$not": {"$regex": ":erase:|:send_word:"}}}
                self.server[name]["inbox"].delete_many(orders)
        services.start(*STORES)
        await self.quiet()


async def events(url: str, topic: str) -> list[Envelope]:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=url, auto_offset_reset="earliest")
    await consumer.start()
    found: list[Envelope] = []
    try:
        ends = await consumer.end_offsets(list(consumer.assignment()))
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += [Envelope.from_json(record.value) for record in records]
    finally:
        await consumer.stop()
    return found


@pytest_asyncio.fixture
async def house(running: Platform) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        provider = httpx.AsyncClient(base_url=running.simulator_url, timeout=60.0)
        outside = Outside(running, await stack.enter_async_context(provider), stack)
        server = stack.enter_context(MongoClient[dict[str, Any]](running.servers.mongo_url))
        yield House(outside, await outside.person(US, "admin"), server)


@pytest_asyncio.fixture
async def lived(house: House) -> House:
    """Two people are on file, have called, and have texted and been answered."""
    await house.add(house.noura, NAME)
    await house.add(house.dan, "Dan Otherwise")
    for number in (house.noura, house.dan):
        await house.ring(number, "answered", "hangup", "cost")
        await house.text(number)
    await house.quiet()
    return house


async def test_in_the_middle_of_a_call_everything_goes_and_the_rest_of_it_is_passed_over(
    lived: House,
) -> None:
    session = await lived.ring(lived.noura, "answered")
    assert {"matcher.customers__" + US, "insights.calls__" + US} <= lived.traces()
    kept = lived.documents()[f"insights.calls__{US}"]
    before = await lived.skipped()
    await lived.order()
    answers = await lived.answered(*STORES)
    counts = {s: {c.collection: c.documents for c in a.deleted} for s, a in answers.items()}
    assert counts["matcher"] == {"customers": 1}
    assert counts["insights"] == {"calls": 2}
    assert counts["messaging"]["messages"] == 2
    assert lived.traces() == set()
    await lived.outside.ask(f"/calls/{session}/hangup", {})
    await lived.quiet()
    assert await lived.skipped() > before
    left = lived.documents()[f"insights.calls__{US}"]
    assert left == [row for row in kept if lived.code() not in row["subjects"]]
    await lived.order()
    second = await lived.answered(*STORES)
    assert {name: answer.deleted for name, answer in second.items()} == dict.fromkeys(STORES, ())
    for name in STORES:
        assert lived.server[name]["parked"].count_documents({}) == 0


async def test_a_service_that_was_away_erases_before_it_serves(lived: House) -> None:
    services = lived.platform.services
    services.stop("matcher")
    order = await lived.order()
    await lived.answered("ingest", "insights", "messaging")
    assert "matcher" not in await lived.answers(order.round)
    assert f"matcher.customers__{US}" in lived.traces()
    services.launch("matcher")

    async def served() -> httpx.Response | None:
        answer = await lived.admin.http.get("/v1/customers", params={"limit": 200})
        return answer if answer.status_code == 200 else None

    first: httpx.Response = await until(served, 60)
    assert NAME not in first.text
    assert "Dan Otherwise" in first.text
    inbox = lived.server["matcher"]["inbox"]
    assert inbox.count_documents({"_id": {"$regex": f"^{US}:erase:"}}) >= 1
    assert lived.traces() == set()
    services.wait("matcher")
    assert (await lived.answered("matcher"))["matcher"].round == order.round


async def test_set_back_to_the_beginning_no_group_brings_anybody_back(lived: House) -> None:
    before = await lived.erased()
    await lived.set_back(forgetful=True)
    assert await lived.skipped() > 0
    assert lived.traces() == set()
    assert before.keys() == lived.documents().keys()


async def test_set_back_to_the_beginning_the_others_are_to_the_byte_as_before(
    lived: House,
) -> None:
    before = await lived.erased()
    await lived.set_back()
    assert await lived.skipped() > 0
    after, late = lived.documents(), f"gateway.usage__{US}"
    requests = {row["_id"]: row for row in after.pop(late)}  # each written within a second or two
    assert all(requests[row["_id"]] == row for row in before.pop(late))
    assert after == before
    assert lived.traces() == set()


async def test_the_demo_is_seen_after_the_people_it_calls_as_were_erased(house: House) -> None:
    stack = house.platform.files.read_stack()
    assert stack is not None
    for call in CALLS[:2]:
        house.noura, house.request = call.ring["from"], f"req_{uuid4().hex}"
        await house.order()
        await house.answered(*STORES)
    await asyncio.sleep(HEARD.total_seconds())  # until then a call of theirs is matched by nobody
    with pytest.raises(Unseen, match="a customer whose renewal is near: outcome unknown"):
        await Show(stack, print).run()
    said: list[str] = []
    missed: list[Exception] = []
    await Show(stack, said.append, missed=missed.append).run()
    assert [str(one).rpartition(": ")[0] for one in missed] == [call.title for call in CALLS[:2]]
    said.clear()
    await Show(stack, said.append, worn=True).run()
    assert said[-1] == "neither agency saw a call of the other"
    for call in CALLS[:2]:
        assert any(line.startswith(f"{call.title}: ") and "instead" in line for line in said)
