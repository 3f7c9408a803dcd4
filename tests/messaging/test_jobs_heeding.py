"""Time in: who told the provider STOP is heeded, where no webhook came."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from structlog.testing import capture_logs

from libs.common.events import SmsStopped, TenantSaved
from services.messaging import clients
from services.messaging.clients import Provider
from services.messaging.jobs import Heeding, heeding
from services.messaging.store import Store
from tests.messaging.given import (
    DAN,
    EVE,
    LINE,
    NOON,
    PROFILE,
    Time,
    agency_facts,
    asked,
    consent,
    send,
    subject,
    wrote,
)
from tests.simulator.support import API_KEY, TARGET, Clock, Target, built
from tests.support.http import Harness

in_memory = pytest.mark.parametrize("house", ["memory"], indirect=True)
HOUR = timedelta(hours=1)


class Telnyx:
    """The stand-in for the provider; its webhooks come nowhere."""

    def __init__(self, house: Harness[Store]) -> None:
        self.clock, self.looks = Clock(NOON), list[httpx.URL]()
        transport = httpx.ASGITransport(built(Target([None] * 999), self.clock))
        self.stopping = asyncio.Event()
        self._door = httpx.AsyncClient(transport=transport, base_url="http://simulator.test")
        self._provider = Provider("http://simulator.test", API_KEY, TARGET, transport)
        self._running = SimpleNamespace(
            units=house.units, tenants=house.tenants, stopping=self.stopping
        )
        self._provider._http.event_hooks = {"request": [self._note]}

    async def _note(self, request: httpx.Request) -> None:
        self.looks.append(request.url)

    def job(self, every: timedelta = HOUR) -> Heeding:
        """As another process has it."""
        return Heeding(cast(Any, self._running), self._provider, every)

    async def stop(self, number: str = DAN, words: str = "STOP", profile: str = PROFILE) -> None:
        """Somebody texts, and the provider answers itself."""
        order = {"from": number, "to": LINE, "text": words, "autoresponse": True}
        order["messaging_profile_id"] = profile
        answer = await self._door.post("/texts", json=order)
        assert answer.json()["autoresponse_type"] in {"STOP", "START"}

    async def close(self) -> None:
        await self._door.aclose()
        await self._provider.close()


@pytest.fixture
async def telnyx(house: Harness[Store]) -> AsyncIterator[Telnyx]:
    made = Telnyx(house)
    yield made
    await made.close()


async def refused(house: Harness[Store], agency: TenantSaved, number: str = DAN) -> str | None:
    answer = await house.client(agency).post("/v1/messages", json=asked(to=number))
    return answer.json()["code"] if answer.status_code == 403 else None


async def test_a_stop_whose_webhook_never_came_is_heeded(
    house: Harness[Store], agency: TenantSaved, telnyx: Telnyx, time: Time
) -> None:
    await send(house, agency)
    time.pass_(60)
    telnyx.clock.pass_(30)
    await telnyx.stop()
    assert await refused(house, agency) is None
    with capture_logs() as logs:
        assert await telnyx.job().round()
    assert await refused(house, agency) == "suppressed"
    (told,) = house.units.of(SmsStopped)
    assert told.subject == subject(house, agency)
    assert told.occurred_at == NOON.replace(second=30)
    (read,) = [one for one in logs if one["event"] == "heeding.read"]
    assert (read["seen"], read["found"]) == (1, 1)
    assert DAN[1:] not in str(logs)
    await telnyx.job().round()
    assert len(house.units.of(SmsStopped)) == 1


@in_memory
async def test_only_whom_the_agency_knows_and_has_not_stopped(
    house: Harness[Store], agency: TenantSaved, telnyx: Telnyx, time: Time
) -> None:
    stranger, granted, stopped, again = (f"+121255501{number}" for number in (30, 31, 32, 33))
    await house.take(consent(house, agency, 1, number=granted), agency)
    for number in (stopped, again):
        await house.take(wrote(house, agency, "Stop", number, keyword="stop"), agency)
    time.pass_(60)
    telnyx.clock.pass_(60)
    for number in (stranger, granted, stopped, again):
        await telnyx.stop(number)
    time.pass_(60)
    await house.take(wrote(house, agency, "Start", again, keyword="start"), agency)
    await telnyx.job().round()
    assert [one.subject for one in house.units.of(SmsStopped)] == [subject(house, agency, granted)]
    assert await refused(house, agency, again) is None


@in_memory
async def test_each_agency_has_its_own_profile(
    house: Harness[Store], agency: TenantSaved, telnyx: Telnyx, time: Time
) -> None:
    profile = ({"value": "other-profile", "valid_from": NOON},)
    other = await house.open(**agency_facts(messaging_profiles=profile))
    for one in (agency, other):
        await send(house, one)
    await telnyx.stop(profile="other-profile")
    await telnyx.job().round()
    assert await refused(house, agency) is None
    assert await refused(house, other) == "suppressed"
    told = [one.tenantid for one in house.units.envelopes if one.type == SmsStopped.TYPE]
    assert told == [other.tenant]


@in_memory
async def test_all_pages_are_read_and_then_what_is_new(
    house: Harness[Store],
    agency: TenantSaved,
    telnyx: Telnyx,
    time: Time,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clients, "PAGE_SIZE", 2)
    numbers = [f"+121255501{number}" for number in range(40, 45)]
    for number in numbers:
        await send(house, agency, to=number)
        await telnyx.stop(number)
        telnyx.clock.pass_(1)
    await telnyx.job().round()
    assert [url.params["page[number]"] for url in telnyx.looks] == ["1", "2", "3"]
    assert {url.params.get("created_at[gte]") for url in telnyx.looks} == {None}
    assert {await refused(house, agency, number) for number in numbers} == {"suppressed"}
    for number in (DAN, EVE):
        telnyx.looks.clear()
        time.pass_(7200)
        telnyx.clock.pass_(7200)
        await send(house, agency, to=number)
        await telnyx.stop(number)
        await telnyx.job().round()
        assert await refused(house, agency, number) == "suppressed"
    (url,) = telnyx.looks
    assert url.params["created_at[gte]"] == "2026-06-01T17:00:00.000Z"  # an hour before the last
    assert len(house.units.of(SmsStopped)) == 7


@in_memory
async def test_one_process_reads_at_a_time_and_one_an_hour(
    house: Harness[Store],
    agency: TenantSaved,
    telnyx: Telnyx,
    time: Time,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert await house.units.read("platform").turn(heeding.NAME, heeding.LASTING).hold()
    assert not await telnyx.job().round()
    time.pass_(601)  # that process is gone
    moved = 0

    async def moves(*_: Any) -> bool:
        nonlocal moved
        moved += 1
        time.pass_(1800)
        return moved == 4

    monkeypatch.setattr(heeding, "stops_within", moves)
    await telnyx.job().run()
    assert len(telnyx.looks) == 2  # at once, and after an hour


@in_memory
async def test_while_the_provider_is_away_it_tries_again_and_loses_nothing(
    house: Harness[Store],
    agency: TenantSaved,
    telnyx: Telnyx,
    time: Time,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await send(house, agency)
    await telnyx.stop()
    pauses: list[float] = []
    get, tries = Provider._get, 0

    async def sometimes(provider: Provider, path: str, query: Any) -> object:
        nonlocal tries
        tries += 1
        if tries <= 2:
            raise clients.Away("the provider answers 503")
        return await get(provider, path, query)

    async def moves(_: asyncio.Event, seconds: float) -> bool:
        pauses.append(seconds)
        return len(pauses) == 3

    monkeypatch.setattr(Provider, "_get", sometimes)
    monkeypatch.setattr(heeding, "stops_within", moves)
    with capture_logs() as logs:
        await telnyx.job().run()
    assert pauses == [60.0, 60.0, 3600.0]
    assert [one["event"] for one in logs] == ["heeding.waits", "heeding.waits", "heeding.read"]
    assert await refused(house, agency) == "suppressed"
