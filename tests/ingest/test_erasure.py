"""People leave ingest: what was set aside is read through for them, by a job."""

import json
from base64 import b64encode
from typing import Any, cast

import pytest

from libs.common.events import ErasureDone, TenantClosed, TenantSaved, WebhookQuarantined
from libs.common.keys import PLATFORM
from services.ingest import jobs
from services.ingest.store import QUARANTINE_FIELD, Store
from tests.ingest.given import AT, CALLER, OURS
from tests.support.http import Harness
from tests.support.orders import deleted, erasure


async def put(house: Harness[Store], name: str, body: Any) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sealed = b64encode(house.keys.seal(PLATFORM, QUARANTINE_FIELD, raw)).decode()
    told = {"reason": "not_json", "event_type": None, "received_at": AT, "sealed": sealed}
    await house.units.read(PLATFORM).keep(WebhookQuarantined(webhook_id=name, **told))


async def names(house: Harness[Store]) -> list[str]:
    rows = await house.mongo.service_collection("quarantine").list({}, sort=[("_id", 1)])
    return [row["_id"] for row in rows]


async def order(house: Harness[Store], tenant: TenantSaved, **said: Any) -> None:
    await house.take(erasure(house.keys.code(tenant.tenant, CALLER), **said), tenant)


async def work(house: Harness[Store]) -> list[ErasureDone]:
    await jobs.forget_once(cast(Any, house))
    return house.units.of(ErasureDone)


async def test_webhooks_that_speak_of_the_person_go_in_whatever_spelling(
    house: Harness[Store],
) -> None:
    tenant = await house.open()
    await put(house, "e164", {"data": {"payload": {"from": CALLER, "to": OURS}}})
    await put(house, "arabic", {"data": {"from": "+١٢٠٢٥٥٥٠١٤٢"}})
    await put(house, "national", b"no json, but (202) 555-0142 in it")
    await put(house, "other", {"data": {"from": "+12025550199", "to": OURS}})
    await put(house, "broken", b"\xff\xfe")
    for number in range(250):  # more than a page
        await put(house, f"page-{number}", {"data": {"from": CALLER}})
    await order(house, tenant)
    assert house.units.of(ErasureDone) == []
    (answer,) = await work(house)
    assert await names(house) == ["broken", "other"]
    assert (answer.store, answer.subject) == ("ingest", house.keys.code(tenant.tenant, CALLER))
    assert deleted(answer) == {"quarantine": 253}
    assert len(await work(house)) == 1  # it is done
    await order(house, tenant, round=2)
    assert (await work(house))[-1].deleted == ()


async def test_what_nobody_can_read_holds_up_nothing(house: Harness[Store]) -> None:
    tenant = await house.open()
    told = {"reason": "not_json", "event_type": None, "received_at": AT, "sealed": "c2VhbGVk"}
    await house.units.read(PLATFORM).keep(WebhookQuarantined(webhook_id="x", **told))
    await order(house, tenant)
    assert len(await work(house)) == 1


async def test_an_order_that_fails_holds_up_no_other(
    house: Harness[Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing, working = await house.open(), await house.open()
    await order(house, failing)
    await order(house, working)
    whole = Store.erase

    async def erase(self: Store, subject: str, region: str) -> int:
        if subject == house.keys.code(failing.tenant, CALLER):
            raise RuntimeError
        return await whole(self, subject, region)

    monkeypatch.setattr(Store, "erase", erase)
    (answer,) = await work(house)
    assert answer.subject == house.keys.code(working.tenant, CALLER)
    monkeypatch.setattr(Store, "erase", whole)
    assert len(await work(house)) == 2  # it stayed on file


async def test_orders_of_a_tenant_that_has_left_are_dropped(house: Harness[Store]) -> None:
    leaving, staying = await house.open(), await house.open()
    await order(house, leaving)
    await order(house, staying)
    house.tenants.put(TenantClosed(tenant=leaving.tenant))
    assert len(await work(house)) == 1
    assert await house.units.read(PLATFORM).erasing.open() == []
