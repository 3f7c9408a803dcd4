"""Trails are told side by side: one that fails or hangs holds up no other."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from libs.common import clock
from libs.common.bus import Unavailable
from libs.common.events import AuditSealed, Envelope, TenantClosed, TenantSaved, fact_of
from libs.common.service import Running
from services.consent.jobs import checkpoints, telling
from services.consent.jobs.telling import Telling
from services.consent.store import Store
from tests.consent.trails import noted, seal
from tests.support.http import Harness


class Log:
    """The topic. `bad` tenants fail, `hanging` ones never end."""

    def __init__(self) -> None:
        self.bad: set[str] = set()
        self.hanging: set[str] = set()
        self.tries = 0
        self.told: dict[str, list[int]] = {}

    async def append(self, envelopes: Sequence[Envelope]) -> None:
        tenant = envelopes[0].tenantid
        if tenant in self.hanging:
            await asyncio.sleep(3600)
        if tenant in self.bad:
            self.tries += 1
            raise Unavailable("away")
        numbers = [fact_of(envelope, AuditSealed).sequence for envelope in envelopes]
        self.told.setdefault(tenant, []).extend(numbers)


@pytest.fixture
def topic() -> Log:
    return Log()


@pytest.fixture
async def one(house: Harness[Store], topic: Log) -> AsyncIterator[Telling]:
    parts = house.units.read("platform").untold
    for part in await parts.next(10_000):
        await parts.forget(part)  # of tests that came before
    running = SimpleNamespace(units=house.units, tenants=house.tenants, producer=topic)
    made = Telling(cast(Running[Any], running))
    yield made
    await made._turn.release()


async def agencies(house: Harness[Store], count: int, parts: int) -> list[TenantSaved]:
    """In the order in which they are looked at, each with so many entries to be told."""
    made = [await house.open() for _ in range(count)]
    for agency in made:
        for number in range(1, parts + 1):
            await seal(house, agency, [noted(number, agency.tenant)])
    return sorted(made, key=lambda agency: agency.tenant)


async def rounds(one: Telling) -> None:
    while await one.round():
        pass


async def test_one_that_fails_holds_up_no_other_and_is_tried_again(
    house: Harness[Store],
    topic: Log,
    one: Telling,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[tuple[str, object]] = []
    note = SimpleNamespace(warning=lambda event, **told: said.append((event, told["tenant"])))
    monkeypatch.setattr(telling, "log", note)
    monkeypatch.setattr(telling, "BATCH", 3)
    monkeypatch.setattr(telling, "POLL_SECONDS", 60.0)
    first, *others = await agencies(house, 3, parts=5)
    topic.bad = {first.tenant}
    await rounds(one)
    whole = [1, 2, 3, 4, 5]
    assert topic.told == {agency.tenant: whole for agency in others}
    assert topic.tries == 1
    topic.bad.clear()
    await rounds(one)
    assert first.tenant not in topic.told  # not yet
    one._waits[first.tenant] = replace(one._waits[first.tenant], until=0.0)
    await rounds(one)
    assert topic.told[first.tenant] == whole
    assert said == [("telling.waits", first.tenant)]


async def test_each_further_failure_waits_longer_up_to_a_limit(
    house: Harness[Store], topic: Log, one: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "POLL_SECONDS", 0.01)
    monkeypatch.setattr(telling, "LONGEST_WAIT", 0.04)
    (agency,) = await agencies(house, 1, parts=1)
    topic.bad = {agency.tenant}
    waits = []
    for _ in range(5):
        await rounds(one)
        waits.append(one._waits[agency.tenant].seconds)
        await asyncio.sleep(0.05)
    assert waits == [0.01, 0.02, 0.04, 0.04, 0.04]
    assert topic.tries == 5


async def test_one_that_hangs_is_cut_off(
    house: Harness[Store], topic: Log, one: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "MOST_SECONDS", 0.1)
    first, second = await agencies(house, 2, parts=2)
    topic.hanging = {first.tenant}
    async with asyncio.timeout(5):
        await rounds(one)
    assert topic.told == {second.tenant: [1, 2]}


async def test_a_round_ends_while_the_lease_is_ours(
    house: Harness[Store], topic: Log, one: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one for which a lease that has more than half to go was not renewed."""
    lease = one._turn
    assert await lease.hold()
    assert lease._until
    moment = lease._until - lease._lasting / 2 - timedelta(milliseconds=1)
    monkeypatch.setattr(clock, "now", lambda: moment)
    before = lease._until
    assert await lease.hold()
    assert lease._until == before
    left = (lease._until - moment).total_seconds()
    assert telling.TURN_SECONDS < telling.MOST_SECONDS < left - 0.5


async def test_one_of_which_there_is_much_makes_way(
    house: Harness[Store], topic: Log, one: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its share of a round, and after its time."""
    monkeypatch.setattr(telling, "BATCH", 3)
    first, second = await agencies(house, 2, parts=7)
    assert await one.round()
    assert await one.round()
    assert topic.told == {first.tenant: [1, 2, 3], second.tenant: [1, 2, 3]}
    monkeypatch.setattr(telling, "TURN_SECONDS", -1.0)
    while len(topic.told[first.tenant]) < 4:
        assert await one.round()
    assert topic.told[first.tenant] == [1, 2, 3, 4]
    await rounds(one)
    whole = list(range(1, 8))
    assert topic.told == {first.tenant: whole, second.tenant: whole}


async def test_a_trail_that_cannot_be_signed_holds_up_no_other(
    house: Harness[Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await agencies(house, 3, parts=1)
    first = made[0].tenant
    write = house.units.write

    async def failing(tenant: TenantSaved, body: Any) -> Any:
        if tenant.tenant == first:
            raise Unavailable("away")
        return await write(tenant, body)

    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    monkeypatch.setattr(house.units, "write", failing)
    await checkpoints.signed(cast(Running[Any], house))
    signed = [len(await house.store(one).audit.checkpoints.page(None, 9)) for one in made]
    assert signed == [0, 1, 1]
    monkeypatch.undo()
    await house.units.read("platform").unsigned.forget(first)


async def test_what_left_is_forgotten_and_told_to_nobody(
    house: Harness[Store], topic: Log, one: Telling
) -> None:
    (agency,) = await agencies(house, 1, parts=2)
    house.tenants.put(TenantClosed(tenant=agency.tenant))
    await rounds(one)
    assert topic.told == {}
    assert await house.units.read("platform").untold.next(10) == []
