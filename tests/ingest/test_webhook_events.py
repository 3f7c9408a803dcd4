"""What leaves the door: whose it is, what is in it, and what is kept in quarantine instead."""

import base64
import hashlib
import json
import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libs.common import clock
from libs.common.events import CallStarted, Envelope, WebhookQuarantined, fact_of
from libs.common.keys import PLATFORM
from services.ingest.store import QUARANTINE_FIELD
from tests.ingest.domain_support import PAYLOADS, body
from tests.ingest.given import (
    CALLER,
    CONNECTION,
    OURS,
    Door,
    agency,
    owned,
    ring,
    webhook,
)


def only(door: Door) -> Envelope:
    assert len(door.broker.taken) == 1
    return door.broker.taken[0]


def quarantined(door: Door) -> WebhookQuarantined:
    envelope = only(door)
    assert (envelope.tenantid, envelope.source) == (PLATFORM, "ingest")
    return fact_of(envelope, WebhookQuarantined)


async def test_a_ring_is_an_event_of_its_tenant(door: Door) -> None:
    tenant = await agency(door.house)
    await door.post(ring())
    envelope = only(door)
    started = fact_of(envelope, CallStarted)
    assert (envelope.id, envelope.source) == ("call-1-1", "ingest")
    assert (envelope.type, envelope.tenantid) == ("call.started", tenant.tenant)
    assert (started.party, started.line, started.direction) == (CALLER, OURS, "incoming")
    assert started.subject == door.running.keys.code(tenant.tenant, CALLER)
    assert abs((envelope.time - clock.now()).total_seconds()) < 60


async def test_two_tenants_code_the_same_caller_differently(door: Door) -> None:
    await agency(door.house, OURS)
    await agency(door.house, "+12025550131")
    await door.post(ring(1))
    await door.post(ring(2, call="call-2", to="+12025550131"))
    one, two = (fact_of(event, CallStarted) for event in door.broker.taken)
    assert one.party == two.party == CALLER
    assert one.subject != two.subject


async def test_the_same_bytes_go_to_the_owner_of_the_number(door: Door) -> None:
    first = await agency(door.house)
    await door.post(ring())
    door.house.tenants.put(first.model_copy(update={"numbers": (), "version": 2}))
    second = await agency(door.house)
    fresh = Door(door.house)
    await fresh.post(ring())
    fresh.running.mongo.close()
    assert only(door).tenantid == first.tenant
    assert only(fresh).tenantid == second.tenant


async def test_a_moved_number_counts_from_the_next_webhook_on(door: Door) -> None:
    first = await agency(door.house)
    await door.post(ring(1))
    door.house.tenants.put(first.model_copy(update={"numbers": (), "version": 2}))
    second = await agency(door.house)
    await door.post(ring(2))
    assert [event.tenantid for event in door.broker.taken] == [first.tenant, second.tenant]


async def test_without_a_number_of_ours_the_connection_decides(door: Door) -> None:
    tenant = await agency(door.house, None, connections=owned(CONNECTION))
    await agency(door.house, "+12025550131")
    await door.post(ring(to="sip:desk@example.com"))
    assert only(door).tenantid == tenant.tenant


async def test_a_number_of_two_tenants_is_nobodys(door: Door) -> None:
    await agency(door.house)
    await agency(door.house)
    await door.post(ring())
    assert quarantined(door).reason == "unrouted: two"


@pytest.mark.parametrize(
    ("raw", "reason", "kind"),
    [
        (ring(), "unrouted: none", "call.initiated"),
        (body("message_received"), "unrouted: none", "message.received"),
        (body("order_update"), "unknown_type", "advanced_order.status_update"),
        (webhook("message.weird", 1), "unknown_type", "message.weird"),
        (webhook("order.weird", 1), "unknown_type", "order.weird"),
        (ring(start_time="yesterday"), "field: data.payload.start_time", "call.initiated"),
        (body("version_1_call"), "version_1", None),
        (body("portal_shape"), "portal_shape", None),
        ((PAYLOADS / "texml_status.txt").read_bytes(), "texml", None),
        (b"\xff\xfe not even text", "not_json", None),
        (b"", "not_json", None),
        (b"[1]", "not_an_object", None),
        (b"[" * 5_000, "too_deep", None),
    ],
)
async def test_what_has_no_tenant_or_no_meaning_is_quarantined(
    door: Door, raw: bytes, reason: str, kind: str | None
) -> None:
    answer = await door.post(raw)
    assert (answer.status_code, answer.content) == (200, b"")
    fact = quarantined(door)
    assert (fact.reason, fact.event_type) == (reason, kind)
    assert fact.webhook_id == only(door).id
    if kind is None:
        assert fact.webhook_id == hashlib.sha256(raw).hexdigest()
    sealed = base64.b64decode(fact.sealed)
    assert door.running.keys.unseal(PLATFORM, QUARANTINE_FIELD, sealed) == raw
    assert b"2025550142" not in only(door).to_json()
    assert b"5125550142" not in only(door).to_json()


async def test_a_tenant_whose_keys_are_not_here_yet_loses_nothing(door: Door) -> None:
    tenant = await agency(door.house, "+12025550131")
    known = tenant.model_copy(update={"tenant": "keyless01", "numbers": tenant.numbers})
    door.house.tenants.put(tenant.model_copy(update={"numbers": (), "version": 2}))
    door.house.tenants.put(known)
    assert (await door.post(ring(to="+12025550131"))).status_code == 200
    assert quarantined(door).reason == "no_keys"


async def test_a_fault_of_ours_loses_nothing(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("+12025550131")

    monkeypatch.setattr("services.ingest.api.webhook.judge", broken)
    await agency(door.house, OURS)
    assert (await door.post(ring())).status_code == 200
    assert quarantined(door).reason == "fault: ZeroDivisionError"


async def test_the_same_odd_webhook_has_the_same_id(door: Door) -> None:
    for _ in range(2):
        await door.post(b"{odd")
    first, second = door.broker.taken
    assert first.id == second.id


Names = st.text(string.ascii_lowercase + "_", min_size=1, max_size=12).map(lambda name: f"x_{name}")
SECRET = "secret-of-somebody"
Extra = st.recursive(
    st.just(SECRET),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(Names, inner, max_size=3),
    max_leaves=5,
)
Extras = st.dictionaries(Names, Extra, min_size=1, max_size=5)
Kinds = st.sampled_from(["call.initiated", "call.answered", "call.hangup", "call.cost"])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(kind=Kinds, top=Extras, data=Extras, payload=Extras)
async def test_no_field_that_is_not_declared_leaves_the_door(
    door: Door, kind: str, top: Any, data: Any, payload: Any
) -> None:
    if not len(door.house.tenants):
        await agency(door.house)
    door.broker.taken.clear()
    known = {"direction": "incoming", "total_cost": "0.1", **payload}
    whole = json.loads(webhook(kind, len(door.broker.limits), **known))
    whole = {**top, **whole, "data": {**data, **whole["data"]}}
    assert (await door.post(json.dumps(whole).encode())).status_code == 200
    envelope = only(door)
    assert envelope.type != WebhookQuarantined.TYPE
    assert SECRET.encode() not in envelope.to_json()
    assert b"x_" not in envelope.to_json()
