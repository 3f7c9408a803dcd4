"""STOP that no webhook told of: from the provider's list to the ledger, and back to the copy."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import httpx

from libs.common.events import ConsentChanged, MessageReceived, SmsStopped
from services.messaging.clients import Provider
from services.messaging.jobs import Heeding
from tests.flows.given import HERE, HOOK, NOON, TEXTER, THERE, text
from tests.flows.world import World
from tests.simulator.support import API_KEY, Clock, Target, built


async def heeded(world: World) -> None:
    """TEXTER told the provider STOP, and messaging reads its list."""
    transport = httpx.ASGITransport(built(Target([None] * 9), Clock(NOON)))
    provider = Provider("http://simulator.test", API_KEY, HOOK, transport)
    async with httpx.AsyncClient(transport=transport, base_url="http://simulator.test") as door:
        order = {"from": TEXTER, "to": HERE.numbers[0].value, "text": "STOP", "autoresponse": True}
        assert (await door.post("/texts", json=order)).status_code == 200
    member = world.messaging
    running = SimpleNamespace(
        units=member.units, tenants=member.tenants, stopping=SimpleNamespace(is_set=lambda: False)
    )
    assert await Heeding(cast(Any, running), provider, timedelta(hours=1)).round()
    await provider.close()
    await world.bus.run()


async def test_a_stop_on_the_providers_list_reaches_the_ledger_and_the_copy(world: World) -> None:
    world.arrive(text("Hello", -5))
    await world.bus.run()
    await heeded(world)
    subject = world.ingest.keys.code(HERE.tenant, TEXTER)
    assert len(world.bus.facts(MessageReceived, HERE.tenant)) == 1
    assert len(world.bus.facts(SmsStopped, HERE.tenant)) == 1
    ledger = world.consent.store(HERE.tenant).ledger
    (record,) = await ledger.records(subject, None, 10)
    assert (record.action, record.purpose, record.means) == ("withdraw", "all", "provider_list")
    assert record.at == NOON
    (change,) = world.bus.facts(ConsentChanged, HERE.tenant)
    copy = await world.messaging.store(HERE.tenant).consents.get(subject)
    assert (copy.suppressed, copy.version) == (True, change.version)
    assert world.bus.facts(SmsStopped, THERE.tenant) == []
    assert await world.parked() == []
    await heeded(world)
    assert len(world.bus.facts(ConsentChanged, HERE.tenant)) == 1


async def test_of_a_person_it_does_not_know_it_keeps_nothing(world: World) -> None:
    world.messaging.read_tenants()
    await heeded(world)
    assert world.bus.facts(SmsStopped, HERE.tenant) == []
    assert await world.consent.store(HERE.tenant).ledger.states(None, 10, False) == []
