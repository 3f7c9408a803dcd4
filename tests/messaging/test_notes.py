"""What the gate decides, and what people decide of texts, goes on record."""

from libs.common.events import ErasureOrdered, TenantSaved
from services.messaging.store import Store
from tests.messaging.given import DAN, NOON, agreed, asked, beat, kept, send, subject, wrote
from tests.messaging.provider import Telnyx, turn
from tests.support.http import Harness
from tests.support.notes import notes_of
from tests.support.operators import Operator


async def test_a_text_that_goes_is_allowed_at_its_claim(
    house: Harness[Store], agency: TenantSaved
) -> None:
    message = await send(house, agency)
    assert await notes_of(house, agency) == []
    await turn(house, Telnyx())
    (note,) = await notes_of(house, agency)
    assert note == {
        "action": "message.allowed",
        "actor": "service:messaging",
        "person": subject(house, agency),
        "object": message,
        "facts": {"class": "service", "purpose": "service", "attempt": 1},
    }


async def test_what_is_refused_is_noted_with_the_code(
    house: Harness[Store], agency: TenantSaved
) -> None:
    await beat(house)
    answer = await house.client(agency).post("/v1/messages", json=asked("promotional"))
    assert (answer.status_code, answer.json()["code"]) == (403, "no_consent")
    (note,) = await notes_of(house, agency)
    assert (note["action"], note["reason"], note["outcome"]) == (
        "message.blocked",
        "no_consent",
        "refused",
    )
    assert "policy is renewed" not in str(note)
    assert DAN.lstrip("+") not in str(note)


async def test_what_a_stop_takes_back_is_noted(house: Harness[Store], agency: TenantSaved) -> None:
    await agreed(house, agency)
    message = await send(house, agency, "promotional")
    await house.take(wrote(house, agency, "STOP", keyword="stop"), agency)
    assert (await kept(house, agency, message)).state == "blocked"
    notes = [n for n in await notes_of(house, agency) if n["object"] == message]
    assert [(n["action"], n["reason"]) for n in notes] == [("message.blocked", "withdrawn")]


async def test_what_is_called_off_is_noted_of_who_did_it(
    house: Harness[Store], agency: TenantSaved
) -> None:
    message = await send(house, agency)
    client = house.client(agency, user="usr_9")
    assert (await client.post(f"/v1/messages/{message}:cancel")).status_code == 200
    assert (await client.post(f"/v1/messages/{message}:cancel")).status_code == 409
    (note,) = await notes_of(house, agency)
    assert (note["action"], note["actor"]) == ("message.cancelled", "user:usr_9")


async def test_an_erasure_names_nobody(house: Harness[Store], agency: TenantSaved) -> None:
    await send(house, agency)
    who = subject(house, agency)
    await house.take(ErasureOrdered(request_id="req_1", subject=who, at=NOON, round=1), agency)
    (note,) = await notes_of(house, agency)
    assert (note["action"], note["reason"]) == ("message.blocked", "erased")
    assert "person" not in note


async def test_an_operators_word_is_on_the_agencys_record(
    house: Harness[Store], agency: TenantSaved, operator: Operator
) -> None:
    await house.store(agency).due.set("msg_1", "needs_review", NOON)
    said = {"outcome": "sent", "reason": "Dan Moe told me so."}
    path = f"/operator/v1/reviews/{agency.tenant}/msg_1:settle"
    client = operator("reviews:write")
    assert (await client.post(path, json=said)).status_code == 202
    assert (await client.post(path, json=said)).status_code == 404
    (note,) = await notes_of(house, agency)
    assert (note["action"], note["actor"]) == ("operator.acted", "operator:op_1")
    assert note["facts"] == {"operation": "sms.settle", "said": "sent"}
    assert "Moe" not in str(note)


async def test_reads_of_conversations_are_noted(house: Harness[Store], agency: TenantSaved) -> None:
    await house.take(wrote(house, agency), agency)
    who, client = subject(house, agency), house.client(agency)
    await client.get(f"/v1/conversations/{who}")
    await client.post("/v1/conversations:find", json={"number": DAN})
    await client.post("/v1/messages:check", json=asked())
    notes = await notes_of(house, agency)
    assert [note["facts"]["operation"] for note in notes] == [
        "GET /v1/conversations/{subject}",
        "POST /v1/conversations:find",
        "POST /v1/messages:check",
    ]
    assert {note["person"] for note in notes} == {who}


async def test_a_page_beyond_the_last_text_still_shows_who_it_is_and_is_noted(
    house: Harness[Store], agency: TenantSaved
) -> None:
    await house.take(wrote(house, agency), agency)
    path, cursor = f"/v1/conversations/{subject(house, agency)}", None
    for count in (1, 0):
        asked_for = {"limit": 1, **({"cursor": cursor} if cursor else {})}
        page = (await house.client(agency).get(path, params=asked_for)).json()
        assert (len(page["messages"]), page["number"]) == (count, DAN)
        cursor = page["next_cursor"]
    reads = [(n["action"], n["facts"]["documents"]) for n in await notes_of(house, agency)]
    assert reads == [("access.read", 1)] * 2
