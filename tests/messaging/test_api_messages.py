"""HTTP in: messages are asked for once, checked, listed and called off."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from libs.common.events import SmsBlocked, SmsRequested, TenantSaved
from services.messaging.store import Store
from tests.messaging.given import (
    DAN,
    EVE,
    LINE,
    NOON,
    NOURA,
    Time,
    agency_facts,
    agreed,
    asked,
    beat,
    consent,
    kept,
    send,
    subject,
    wrote,
)
from tests.support.http import Harness

in_memory = pytest.mark.parametrize("house", ["memory"], indirect=True)
LATER = NOON.replace(hour=20).isoformat()


@pytest.fixture
def client(house: Harness[Store], agency: TenantSaved) -> httpx.AsyncClient:
    return house.client(agency)


async def post(client: httpx.AsyncClient, key: str | None = None, **said: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await client.post("/v1/messages", json=asked(**said), headers=headers)


async def test_a_message_is_kept_and_shown(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    answer = await post(client, to="(212) 555-0123", send_at=LATER)
    told = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (202, f"/v1/messages/{told['id']}")
    assert "Idempotent-Replayed" not in answer.headers
    assert (told["state"], told["class"], told["purpose"]) == ("queued", "service", "service")
    assert (told["sender"], told["subject"]) == (LINE, subject(house, agency))
    assert (told["encoding"], told["units"], told["parts"]) == ("GSM-7", 23, 1)
    assert (told["requested_by"], told["attempts"]) == ("usr_1", 0)
    assert not {"to", "text"} & set(told)
    assert (await client.get(answer.headers["Location"])).json() == told
    (event,) = house.units.of(SmsRequested)
    assert (event.message_id, event.requested_by, event.parts) == (told["id"], "usr_1", 1)
    message = await kept(house, agency, told["id"])
    assert house.store(agency).messages.number(message) == DAN
    assert DAN.encode() not in message.party
    assert DAN not in str(message.fingerprint)


async def test_the_same_key_gives_the_same_message(
    house: Harness[Store], client: httpx.AsyncClient
) -> None:
    first = await post(client, "key-1")
    again = await post(client, "key-1")
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await post(client, "key-1", text="Another text")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert (await post(client, "key-2")).json()["id"] != first.json()["id"]
    assert len(house.units.of(SmsRequested)) == 2
    assert (await post(client)).json()["id"] != (await post(client)).json()["id"]


async def test_another_tenants_key_is_another_key(
    house: Harness[Store], client: httpx.AsyncClient
) -> None:
    other = house.client(await house.open(**agency_facts()))
    first, second = await post(client, "key-1"), await post(other, "key-1")
    assert first.json()["id"] != second.json()["id"]
    assert (await other.get(first.headers["Location"])).status_code == 404
    cancel = f"{first.headers['Location']}:cancel"
    assert (await other.post(cancel)).status_code == 404


async def test_of_many_requests_with_one_key_one_counts(
    house: Harness[Store], client: httpx.AsyncClient
) -> None:
    """Those that meet in this process are told so; those of other processes find the first's."""
    answers = await asyncio.gather(*(post(client, "key-1") for _ in range(8)))
    codes = sorted(answer.status_code for answer in answers)
    assert set(codes) <= {202, 409}
    assert codes[0] == 202
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["code"] == "idempotency_in_flight"
            assert answer.headers["Retry-After"] == "1"
    assert len(house.units.of(SmsRequested)) == 1
    assert (await post(client, "key-1")).headers["Idempotent-Replayed"] == "true"


async def test_of_several_processes_one_counts(
    house: Harness[Store], agency: TenantSaved, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a process has in hand another one does not see: the store alone decides."""

    class Blind(set[Any]):
        def __contains__(self, _: object) -> bool:
            return False

    desk = house.store(agency).desk
    monkeypatch.setitem(desk.__dict__, "in_hand", Blind())
    client = house.client(agency)
    answers = await asyncio.gather(*(post(client, "key-1") for _ in range(6)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(house.units.of(SmsRequested)) == 1


async def test_what_may_never_be_sent_is_refused_at_once_and_kept(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    await beat(house)
    answers = [await post(client, "key-1", kind="promotional") for _ in range(2)]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (403, "no_consent")
        assert "Ask for consent" in answer.json()["detail"]
    assert [a.headers.get("Idempotent-Replayed") for a in answers] == [None, "true"]
    (told,) = house.units.of(SmsBlocked)
    assert (told.code, told.message_class, told.purpose) == (
        "no_consent",
        "promotional",
        "marketing",
    )
    (listed,) = (await client.get("/v1/messages?state=blocked")).json()["data"]
    assert (listed["id"], listed["code"]) == (told.message_id, "no_consent")
    assert await house.store(agency).due.since(told.message_id) is None


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"sender": "+12125550777"}, "sender_not_yours"),
        ({"sender": "SHOP"}, "sender_not_allowed"),
        ({"to": "+18005550100"}, "not_a_mobile_number"),
        ({"text": "x" * 1600}, "too_long"),
        ({"kind": "promotional"}, "no_consent"),
    ],
)
@in_memory
async def test_each_refusal_has_its_code(
    client: httpx.AsyncClient, said: dict[str, Any], code: str
) -> None:
    answer = await post(client, **said)
    assert (answer.status_code, answer.json()["code"]) == (403, code)


@in_memory
async def test_without_news_of_consent_promotions_are_refused_and_nothing_else(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient, time: Time
) -> None:
    await agreed(house, agency)
    time.pass_(60)
    assert (await post(client, kind="promotional")).status_code == 202
    time.pass_(1)
    answer = await post(client, kind="promotional")
    assert (answer.status_code, answer.json()["code"]) == (403, "consent_unknown")
    assert (await post(client)).status_code == 202
    await beat(house)
    scheduled = await post(client, kind="promotional", send_at=LATER)
    assert scheduled.status_code == 202  # how fresh the copy is counts now


@in_memory
async def test_a_refusal_that_time_heals_leaves_the_key_free(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient, time: Time
) -> None:
    await house.take(consent(house, agency, 1), agency)
    for at in (None, time.now.isoformat(), (time.now + timedelta(minutes=1)).isoformat()):
        said = {"send_at": at} if at else {}
        answer = await post(client, "key-1", kind="promotional", **said)
        assert (answer.status_code, answer.json()["code"]) == (403, "consent_unknown")
    assert (await client.get("/v1/messages")).json()["data"] == []
    assert (house.units.of(SmsBlocked), house.units.of(SmsRequested)) == ([], [])
    await beat(house)
    answer = await post(client, "key-1", kind="promotional")
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    assert "Idempotent-Replayed" not in answer.headers


@in_memory
async def test_what_is_wanted_later_waits_for_news_of_consent(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient, time: Time
) -> None:
    await house.take(consent(house, agency, 1), agency)
    at = time.now + timedelta(seconds=61)
    answer = await post(client, kind="promotional", send_at=at.isoformat())
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    assert await house.store(agency).due.since(answer.json()["id"]) == at
    assert len(house.units.of(SmsRequested)) == 1


@in_memory
async def test_a_promotion_at_night_waits(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient, time: Time
) -> None:
    time.now = NOON.replace(day=2, hour=1)
    await agreed(house, agency)
    answer = await post(client, kind="promotional")
    assert answer.status_code == 202
    morning = NOON.replace(day=2, hour=12)
    assert await house.store(agency).due.since(answer.json()["id"]) == morning
    check = (await client.post("/v1/messages:check", json=asked("promotional"))).json()
    assert (check["allowed"], check["code"]) == (False, "quiet_hours")
    assert check["not_before"] == "2026-06-02T12:00:00Z"


UNUSABLE: list[tuple[dict[str, Any], str]] = [
    ({"to": "12"}, "#/to"),
    ({"text": None}, "#"),
    ({"text": "   "}, "#/text"),
    ({"template": "t"}, "#"),
    ({"text": None, "template": "nothing"}, "#/template"),
    ({"values": {"a": "b"}}, "#"),
    ({"purpose": "marketing"}, "#"),
    ({"sender": "12345"}, "#/sender"),
    *(({"sender": one}, "#/sender") for one in ("SHOP-AD ", " SHOP-AD", " 1A", "A\n", " ")),
    ({"class": "confirmation"}, "#/class"),
    ({"send_at": "2026-06-01T12:00:00"}, "#/send_at"),
    ({"send_at": "9999-12-31T23:59:59-14:00"}, "#/send_at"),
    ({"send_at": "0001-01-01T00:00:00+14:00"}, "#/send_at"),
    ({"send_at": "1999-12-31T23:59:59Z"}, "#/send_at"),
    ({"send_at": "2199-12-31T23:59:59-01:00"}, "#/send_at"),
    ({"class": "promotional", "send_at": "9999-12-31T12:00:00Z"}, "#/send_at"),
    ({"more": 1}, "#/*"),
]


@pytest.mark.parametrize(("said", "pointer"), UNUSABLE)
@in_memory
async def test_what_cannot_be_used_is_pointed_at(
    house: Harness[Store], client: httpx.AsyncClient, said: dict[str, Any], pointer: str
) -> None:
    answer = await client.post("/v1/messages", json={**asked(), **said})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert house.units.envelopes == []


@in_memory
async def test_a_message_waits_for_half_a_year_at_the_most(client: httpx.AsyncClient) -> None:
    last = NOON + timedelta(days=180)
    assert (await post(client, send_at=last.isoformat())).status_code == 202
    late = {"send_at": (last + timedelta(seconds=1)).isoformat()}
    for path in ("/v1/messages", "/v1/messages:check"):
        answer = await client.post(path, json=asked(**late))
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert (error["pointer"], "180 days" in error["detail"]) == ("#/send_at", True)


@in_memory
async def test_a_time_long_past_is_now(client: httpx.AsyncClient) -> None:
    assert (await post(client, send_at="2000-01-01T00:00:00Z")).status_code == 202


@in_memory
async def test_a_key_has_a_form(client: httpx.AsyncClient) -> None:
    answer = await post(client, "a key with spaces")
    assert answer.status_code == 422


@in_memory
async def test_an_agency_without_a_number_names_a_sender(house: Harness[Store]) -> None:
    client = house.client(await house.open())
    answer = await post(client)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/sender")


@in_memory
async def test_a_template_is_filled(house: Harness[Store], agency: TenantSaved) -> None:
    client = house.client(agency)
    text = {"text": "Dear {name}, your policy ends on {date}."}
    assert (await client.put("/v1/templates/renewal", json=text)).status_code == 200
    body = {"to": DAN, "class": "service", "template": "renewal", "values": {"name": "Dan"}}
    answer = await client.post("/v1/messages", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0] == {
        "pointer": "#/values",
        "detail": "Give a value for each of date.",
    }
    body["values"] = {"name": "Dan", "date": "1 July"}
    headers = {"Idempotency-Key": "k"}
    answer = await client.post("/v1/messages", json=body, headers=headers)
    message = await kept(house, agency, answer.json()["id"])
    assert house.store(agency).messages.text(message) == "Dear Dan, your policy ends on 1 July."
    assert (await client.delete("/v1/templates/renewal")).status_code == 204
    again = await client.post("/v1/messages", json=body, headers=headers)
    assert again.json()["id"] == message.id


@in_memory
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages:check"])
async def test_a_template_filled_is_no_longer_than_a_text_may_be(
    house: Harness[Store], client: httpx.AsyncClient, path: str
) -> None:
    text = {"text": "{a}" * 5}
    assert (await client.put("/v1/templates/long", json=text)).status_code == 200

    async def filled(length: int) -> httpx.Response:
        values = {"a": "x" * length}
        body = {"to": DAN, "class": "service", "template": "long", "values": values}
        return await client.post(path, json=body)

    answer = await filled(801)
    assert (answer.status_code, answer.json()["code"]) == (422, "too_long_text")
    assert answer.json()["errors"][0]["pointer"] == "#/values"
    assert "4,000" in answer.json()["errors"][0]["detail"]
    assert house.units.envelopes == []
    assert (await filled(800)).json()["code"] == "too_long"  # for the gate to say


@in_memory
async def test_a_check_tells_and_keeps_nothing(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    answer = await client.post("/v1/messages:check", json=asked(text="☃" * 71))
    assert answer.json() == {
        "allowed": True,
        "code": None,
        "sentence": None,
        "not_before": None,
        "encoding": "UCS-2",
        "units": 71,
        "parts": 2,
        "cost": "0.02800",
        "currency": "USD",
    }
    saudi = (await client.post("/v1/messages:check", json=asked(to=NOURA))).json()
    assert (saudi["allowed"], saudi["code"]) == (False, "no_transfer_safeguard")
    assert (saudi["cost"], saudi["currency"]) == (None, None)
    assert saudi["sentence"]
    assert house.units.envelopes == []
    assert (await client.get("/v1/messages")).json()["data"] == []


@in_memory
async def test_saudi_promotions_need_safeguard_sender_and_consent(
    house: Harness[Store], time: Time
) -> None:
    agency = await house.open(**agency_facts(region="SA"))
    client = house.client(agency)
    await agreed(house, agency, number=NOURA)

    async def code(**said: Any) -> str:
        body = asked("promotional", NOURA, **said)
        return str((await client.post("/v1/messages:check", json=body)).json()["code"])

    assert await code(sender="SHOP") == "sender_suffix_missing"
    assert await code(sender="SHOP-AD") == "sender_not_registered"
    registration = {"authority": "CST", "reference": "1", "registered_at": NOON.isoformat()}
    assert (await client.put("/v1/senders/SHOP-AD", json=registration)).status_code == 200
    assert await code(sender="SHOP-AD") == "no_transfer_safeguard"
    kept_ = {"kind": "standard_clauses", "reference": "r", "valid_from": NOON.isoformat()}
    assert (await client.put("/v1/safeguards/SA", json=kept_)).status_code == 200
    assert await code(sender="SHOP-AD") == "None"
    assert (await client.delete("/v1/senders/SHOP-AD")).status_code == 204
    assert await code(sender="SHOP-AD") == "sender_not_registered"
    misused = asked("service", NOURA, sender="SHOP-AD")
    check = await client.post("/v1/messages:check", json=misused)
    assert check.json()["code"] == "sender_suffix_misused"


async def test_messages_are_listed_in_pages_by_state(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient, time: Time
) -> None:
    ids = []
    for number in range(5):
        ids.append(await send(house, agency, text=f"n{number}"))
        time.pass_(number % 2)
    await client.post(f"/v1/messages/{ids[0]}:cancel")
    found: list[str] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = (await client.get("/v1/messages", params=query)).json()
        found += [one["id"] for one in page["data"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert sorted(found) == sorted(ids)
    assert len(found) == 5
    queued = (await client.get("/v1/messages?state=queued")).json()["data"]
    assert len(queued) == 4
    stolen = {"cursor": query["cursor"], "state": "queued"}
    assert (await client.get("/v1/messages", params=stolen)).status_code == 400
    assert (await client.get("/v1/messages?state=lost")).status_code == 422


async def test_what_is_queued_can_be_called_off_once(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    message_id = await send(house, agency, send_at=LATER)
    answer = await client.post(f"/v1/messages/{message_id}:cancel")
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    again = await client.post(f"/v1/messages/{message_id}:cancel")
    assert (again.status_code, again.json()["code"]) == (409, "not_queued")
    assert (await client.post("/v1/messages/msg_0:cancel")).status_code == 404
    assert [one.code for one in house.units.of(SmsBlocked)] == ["cancelled"]
    assert await house.store(agency).due.since(message_id) is None


@in_memory
async def test_what_others_wrote_is_no_message_of_ours(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    await house.take(wrote(house, agency, number=EVE), agency)
    (message,) = await house.store(agency).messages.thread(subject(house, agency, EVE), None, 10)
    assert (await client.get(f"/v1/messages/{message.id}")).status_code == 404
    assert (await client.get("/v1/messages")).json()["data"] == []


async def test_to_a_person_whose_data_is_restricted_only_a_code_goes(
    house: Harness[Store], agency: TenantSaved, client: httpx.AsyncClient
) -> None:
    await house.take(consent(house, agency, 1, restricted=True), agency)
    refused = await post(client, **{"class": "service"})
    assert (refused.status_code, refused.json()["code"]) == (403, "restricted")
    assert (await post(client, **{"class": "one_time_code"})).status_code == 202
    await house.take(consent(house, agency, 2), agency)
    assert (await post(client, **{"class": "service"})).status_code == 202
