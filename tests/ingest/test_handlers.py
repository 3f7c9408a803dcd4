"""Events in: a quarantined webhook, as it comes from the log, is where operators find it."""

from datetime import timedelta

import pytest

from libs.common.bus import Poison, Record
from libs.common.events import TenantSaved, WebhookQuarantined, enclose, fact_of
from libs.common.keys import PLATFORM
from services.ingest.store import Store
from tests.ingest.given import AT, Door
from tests.support.http import Harness


def fact(name: str = "one", seconds: int = 0) -> WebhookQuarantined:
    at = AT + timedelta(seconds=seconds)
    return WebhookQuarantined(webhook_id=name, reason="texml", received_at=at, sealed="c2VhbGVk")


def platform(house: Harness[Store]) -> TenantSaved:
    return house.tenants.get(PLATFORM)


async def kept(house: Harness[Store]) -> list[str]:
    return [row["_id"] for row in await house.units.read(PLATFORM).page(None, 100)]


async def test_a_webhook_is_kept_once_however_often_it_comes(house: Harness[Store]) -> None:
    for event in ("e-1", "e-1", "e-2"):
        await house.take(fact(), platform(house), event)
    await house.take(fact("two", 1), platform(house))
    assert await kept(house) == ["two", "one"]
    assert house.units.envelopes == []


async def test_what_the_door_quarantines_is_what_the_handler_keeps(house: Harness[Store]) -> None:
    door = Door(house)
    await door.post(b"{odd")
    door.running.mongo.close()
    event = door.broker.taken[0]
    await house.take(fact_of(event, WebhookQuarantined), platform(house), event.id)
    assert await kept(house) == [event.id]


async def test_no_tenant_can_put_a_webhook_there(house: Harness[Store]) -> None:
    """The record key names the writer's tenant, and the event must be the platform's."""
    tenant = await house.open()
    event = enclose(fact(), PLATFORM, id="e-1", source="x", time=AT)
    forged = Record("ingest.dead.v1", 0, 0, f"{tenant.tenant}:one".encode(), event.to_json())
    with pytest.raises(Poison):
        await house._dispatch.take(forged)
    assert await kept(house) == []
