"""The heartbeat."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pymongo.errors import ServerSelectionTimeoutError

from libs.common import clock
from libs.common.bus import Unavailable
from libs.common.bus.partitions import partition_of, spread
from libs.common.events import ConsentHeartbeat, TenantSaved
from libs.common.mongo import Work
from libs.common.service import Running
from services.consent import jobs
from services.consent.jobs import beating
from services.consent.settings import Settings
from services.consent.store import Store
from tests.consent.given import NOON
from tests.support.http import Harness


class Flaky:
    """The service's units, which fail the first `failures` writes; `stop` is set after `beats`."""

    def __init__(self, house: Harness[Store], failures: int, beats: int) -> None:
        self._units = house.units
        self._failures = failures
        self._beats = beats
        self.stopping = asyncio.Event()
        self.tries = 0

    async def write(
        self, tenant: TenantSaved, body: Callable[[Store, Work], Awaitable[None]]
    ) -> None:
        self.tries += 1
        if self.tries <= self._failures:
            raise ServerSelectionTimeoutError("away")
        await self._units.write(tenant, body)
        if self.tries == self._failures + self._beats:
            self.stopping.set()


class Topic:
    """A topic of so many partitions; the producer cannot tell of it the first `failures` times."""

    def __init__(self, partitions: int, failures: int) -> None:
        self._partitions = partitions
        self._failures = failures

    async def spread(
        self, topic: str, tenant: str, facts: Iterable[ConsentHeartbeat]
    ) -> list[ConsentHeartbeat]:
        assert topic == "consent.v1"
        self._failures -= 1
        if self._failures >= 0:
            raise Unavailable("away")
        return spread(tenant, facts, self._partitions)


async def beaten(
    house: Harness[Store],
    failures: int = 0,
    beats: int = 1,
    every: float = 0.001,
    partitions: int = 1,
    kafka_failures: int = 0,
) -> Flaky:
    units = Flaky(house, failures, beats)
    running = SimpleNamespace(
        units=units,
        tenants=house.tenants,
        stopping=units.stopping,
        producer=Topic(partitions, kafka_failures),
    )
    await jobs.beat(every)(cast(Running[Any], running))
    return units


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


async def test_the_first_beat_comes_at_once_and_belongs_to_the_platform(
    house: Harness[Store],
) -> None:
    await beaten(house)
    (envelope,) = house.units.envelopes
    assert (envelope.tenantid, envelope.subject) == ("platform", "platform")
    assert envelope.key == b"platform"
    assert house.units.of(ConsentHeartbeat) == [ConsentHeartbeat(at=NOON)]


@pytest.mark.parametrize("partitions", [1, 3, 6, 12, 50])
async def test_every_partition_gets_a_beat_under_the_same_few_keys(
    house: Harness[Store], partitions: int
) -> None:
    await beaten(house, beats=3, partitions=partitions)
    beats = house.units.envelopes
    assert len(beats) == 3 * partitions
    keys = [envelope.key for envelope in beats]
    assert keys[:partitions] == keys[partitions : 2 * partitions] == keys[2 * partitions :]
    places = {partition_of(key, partitions) for key in keys[:partitions]}
    assert places == set(range(partitions))
    assert len({beat.lane for beat in house.units.of(ConsentHeartbeat)}) == partitions


async def test_it_goes_on(house: Harness[Store]) -> None:
    await beaten(house, beats=4)
    assert len(house.units.of(ConsentHeartbeat)) == 4
    assert len({envelope.id for envelope in house.units.envelopes}) == 4


async def test_while_the_store_is_away_it_tries_again(
    house: Harness[Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beating, "AGAIN_SECONDS", 0.001)
    units = await beaten(house, failures=3)
    assert (units.tries, len(house.units.envelopes)) == (4, 1)


async def test_while_the_broker_is_away_it_tries_again(
    house: Harness[Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beating, "AGAIN_SECONDS", 0.001)
    await beaten(house, kafka_failures=3)
    assert len(house.units.of(ConsentHeartbeat)) == 1


async def test_a_minute_holds_several_beats() -> None:
    assert Settings.model_fields["beat_seconds"].get_default() * 3 < 60
