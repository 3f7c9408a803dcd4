"""Texts through the door: whose they are, and that nobody reads them on the way."""

import base64
import json
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libs.common.events import (
    Envelope,
    MessageReceived,
    MessageStatus,
    WebhookQuarantined,
    fact_of,
)
from libs.common.events.messages import TEXT_FIELD
from tests.ingest.domain_support import MESSAGES, body
from tests.ingest.given import CALLER, OURS, Door, agency, owned, text

PROFILE = "740572b6-099c-44a1-89b9-6c92163bc68d"
REF = "0123456789abcdef0123456789abcdef"
SECRET = "my policy number is 4711"
BACK = {"from": {"phone_number": OURS}, "to": [{"phone_number": CALLER, "status": "sent"}]}


def only(door: Door) -> Envelope:
    assert len(door.broker.taken) == 1
    return door.broker.taken[0]


async def test_a_text_is_an_event_of_its_tenant_and_only_its_key_opens_it(door: Door) -> None:
    tenant = await agency(door.house)
    other = await agency(door.house, "+12025550131")
    assert (await door.post(text(text=SECRET))).status_code == 200
    envelope = only(door)
    fact = fact_of(envelope, MessageReceived)
    assert (envelope.type, envelope.tenantid) == ("message.received", tenant.tenant)
    assert (fact.party, fact.line) == (CALLER, OURS)
    assert fact.subject == door.running.keys.code(tenant.tenant, CALLER)
    assert envelope.key == f"{tenant.tenant}:{fact.subject}".encode()
    assert fact.sealed is not None
    sealed = base64.b64decode(fact.sealed)
    assert door.running.keys.unseal(tenant.tenant, TEXT_FIELD, sealed) == SECRET.encode()
    with pytest.raises(ValueError, match="owner"):
        door.running.keys.unseal(other.tenant, TEXT_FIELD, sealed)


def spelled(secret: str) -> list[bytes]:
    plain = secret.encode()
    escaped = json.dumps(secret).strip('"').encode()
    return [plain, escaped, base64.b64encode(plain)[:-4], plain.hex().encode()]


@pytest.mark.parametrize("secret", [SECRET, "رقم وثيقتي ٤٧١١"])
async def test_neither_log_nor_disk_nor_quarantine_holds_a_text(
    door: Door, tmp_path: Path, secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await agency(door.house)
    await door.post(text(1, text=secret))
    await door.post(text(2, text=secret, to="+12025550199"))  # nobody's
    door.broker.away = True
    await door.post(text(3, text=secret))
    await door.post(text(4, text=secret, to="+12025550199"))
    types = [event.type for event in door.broker.taken]
    assert types == [MessageReceived.TYPE, WebhookQuarantined.TYPE]
    stored = [path.read_bytes() for path in (tmp_path / "spool").iterdir()]
    assert stored
    out = capsys.readouterr()
    told = [event.to_json() for event in door.broker.taken]
    for place in (*told, *stored, out.out.encode(), out.err.encode()):
        assert not [one for one in spelled(secret) if one in place]


async def test_a_stop_is_told_without_its_text(door: Door) -> None:
    await agency(door.house)
    await door.post(text(text=" Stop!! ", autoresponse_type="STOP"))
    fact = fact_of(only(door), MessageReceived)
    assert (fact.keyword, fact.autoresponse) == ("stop", "stop")


async def test_pictures_without_a_text_are_accepted(door: Door) -> None:
    await agency(door.house)
    await door.post(text(text=..., media=[{"url": "https://media.example.com/1"}]))
    fact = fact_of(only(door), MessageReceived)
    assert (fact.sealed, fact.media) == (None, 1)


async def test_a_text_to_no_number_of_ours_goes_by_its_profile(door: Door) -> None:
    await agency(door.house, "+12025550131")
    tenant = await agency(door.house, None, messaging_profiles=owned(PROFILE))
    await door.post(text(to="AGENCY", messaging_profile_id=PROFILE))
    await door.post(text(2, "message.sent", **{"from": "AGENCY"}, messaging_profile_id=PROFILE))
    assert [event.tenantid for event in door.broker.taken] == [tenant.tenant] * 2


async def test_a_text_from_one_tenant_to_another_is_told_to_each_as_theirs(door: Door) -> None:
    one, other = await agency(door.house), await agency(door.house, "+12025550131")
    there = {"from": {"phone_number": OURS}, "to": [{"phone_number": "+12025550131"}]}
    for number, kind in enumerate(("message.sent", "message.received", "message.finalized")):
        await door.post(text(number, kind, **there))
    assert [event.tenantid for event in door.broker.taken] == [
        one.tenant,
        other.tenant,
        one.tenant,
    ]


async def test_two_tenants_code_the_same_sender_differently(door: Door) -> None:
    await agency(door.house)
    await agency(door.house, "+12025550131")
    await door.post(text(1))
    await door.post(text(2, to="+12025550131"))
    one, two = (fact_of(event, MessageReceived) for event in door.broker.taken)
    assert one.subject != two.subject


@pytest.mark.parametrize(
    ("url", "query"),
    [
        (f"https://hooks.example.com/webhooks/telnyx?ref={REF}", ""),
        (None, f"?ref={REF}"),
        (f"https://hooks.example.com/webhooks/telnyx?ref={REF}", f"?ref={'f' * 32}"),
    ],
)
async def test_a_receipt_brings_our_reference_back(door: Door, url: object, query: str) -> None:
    await agency(door.house)
    raw = text(1, "message.sent", **BACK, webhook_url=url)
    assert (await door.post(raw, query=query)).status_code == 200
    fact = fact_of(only(door), MessageStatus)
    assert (fact.message_id, fact.reference, fact.status) == ("message-1", REF, "sent")


async def test_whatever_the_query_is_the_text_is_taken(door: Door) -> None:
    await agency(door.house)
    await door.post(text(), query="?%FF&&=&ref=%00")
    assert fact_of(only(door), MessageReceived).party == CALLER


async def test_receipts_and_texts_of_one_person_have_one_key(door: Door) -> None:
    await agency(door.house)
    await door.post(text(1))
    await door.post(text(2, "message.finalized", **BACK))
    assert len({event.key for event in door.broker.taken}) == 1


async def test_the_same_text_twice_is_published_once(door: Door) -> None:
    await agency(door.house)
    for _ in range(3):
        assert (await door.post(text())).status_code == 200
    assert only(door).id == "text-1"


@pytest.mark.parametrize("name", MESSAGES)
async def test_every_sample_of_the_provider_finds_its_owner(door: Door, name: str) -> None:
    ours = "+17735550102" if "received" in name else "+13125550101"
    tenant = await agency(door.house, ours)
    assert (await door.post(body(name))).status_code == 200
    assert only(door).tenantid == tenant.tenant
    assert only(door).type != WebhookQuarantined.TYPE


Names = st.text(string.ascii_lowercase + "_", min_size=1, max_size=12).map(lambda name: f"x_{name}")
Extra = st.recursive(
    st.just(SECRET),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(Names, inner, max_size=3),
    max_leaves=5,
)
Extras = st.dictionaries(Names, Extra, min_size=1, max_size=5)
Kinds = st.sampled_from(["message.received", "message.sent", "message.finalized"])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(kind=Kinds, data=Extras, payload=Extras, party=Extras)
async def test_no_field_that_is_not_declared_leaves_the_door(
    door: Door, kind: str, data: Any, payload: Any, party: Any
) -> None:
    if not len(door.house.tenants):
        await agency(door.house)
    door.broker.taken.clear()
    ours = {**party, "phone_number": OURS}
    raw = text(len(door.broker.limits), kind, **{"from": ours, "to": [ours]}, **payload)
    whole = json.loads(raw)
    whole["data"] = {**data, **whole["data"]}
    assert (await door.post(json.dumps(whole).encode())).status_code == 200
    envelope = only(door)
    assert envelope.type != WebhookQuarantined.TYPE
    assert SECRET.encode() not in envelope.to_json()
    assert b"x_" not in envelope.to_json()
