"""People leave messaging: what was written with them, what waits, and what is under way."""

import asyncio
from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest

from libs.common import clock
from libs.common.erased import SKIPPED
from libs.common.events import (
    ErasureDone,
    MessageMatched,
    SmsBlocked,
    TenantSaved,
    WordOrdered,
)
from libs.common.events.privacy import NUMBER_FIELD, WORDS_FIELD
from libs.common.mongo import Document
from services.messaging.clients import Letter
from services.messaging.domain.copy import Copy
from services.messaging.domain.outcome import Answer
from services.messaging.domain.reported import Particulars
from services.messaging.store import Store
from services.messaging.store.early import EARLY
from tests.messaging.given import (
    DAN,
    EVE,
    Time,
    agency_facts,
    asked,
    claim,
    consent,
    kept,
    receipt,
    send,
    subject,
    wrote,
)
from tests.messaging.provider import Telnyx, turn
from tests.support.http import Harness
from tests.support.orders import deleted, erasure

TABLES = ("messages", "conversations", "consents", "early")


@pytest.fixture(autouse=True)
async def _clean(house: Harness[Store]) -> None:
    await house.mongo.service_collection("parked").remove({})


async def rows(house: Harness[Store], agency: TenantSaved, name: str) -> list[Document]:
    return await house.mongo.scope(agency.tenant).collection(name).list({}, sort=[("_id", 1)])


async def everything(house: Harness[Store], agency: TenantSaved) -> dict[str, list[Document]]:
    kept = {name: await rows(house, agency, name) for name in TABLES}
    due = house.mongo.service_collection("due")
    return {**kept, "due": await due.list({"tenant": agency.tenant}, sort=[("_id", 1)])}


async def erase(
    house: Harness[Store], agency: TenantSaved, number: str = DAN, **said: Any
) -> ErasureDone:
    await house.take(erasure(subject(house, agency, number), **said), agency)
    return house.units.of(ErasureDone)[-1]


async def correspond(house: Harness[Store], agency: TenantSaved, number: str) -> None:
    """A text each way, one that waits, a match, a consent, and a receipt of nobody knows what."""
    await house.take(wrote(house, agency, number=number), agency)
    await send(house, agency, to=number)
    later = (clock.now() + timedelta(hours=3)).isoformat()
    await send(house, agency, to=number, send_at=later)
    code = subject(house, agency, number)
    match = MessageMatched(message_id="m", subject=code, outcome="unknown")
    await house.take(match, agency)
    await house.take(consent(house, agency, 1, number=number), agency)
    said = receipt("delivered", f"p-of-{code[:4]}", subject=code)
    await house.take(said, agency)


async def test_a_receipt_that_nobody_knows_is_not_kept_for_long(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    """One that comes after the erasure of its person is found by no round any more."""
    (index,) = [one for one in EARLY.indexes if one.ttl is not None]
    await house.take(receipt("delivered", "p-9", subject=subject(house, agency)), agency)
    (row,) = await rows(house, agency, "early")
    ((field, _),) = index.keys
    assert row[field] + timedelta(seconds=index.ttl or 0) == time.now + timedelta(minutes=15)


async def test_all_that_was_written_goes_and_that_of_others_stays(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    await correspond(house, agency, EVE)
    before = await everything(house, agency)
    await correspond(house, agency, DAN)
    answer = await erase(house, agency)
    assert await everything(house, agency) == before
    assert answer.store == "messaging"
    wanted = {"messages": 3, "due": 2, "conversations": 1, "early": 1, "consents": 1}
    assert deleted(answer) == wanted
    blocked = house.units.of(SmsBlocked)
    assert [(fact.code, fact.subject) for fact in blocked] == [
        ("erased", subject(house, agency))
    ] * 2
    assert (await erase(house, agency, round=2)).deleted == ()


async def test_nothing_that_was_queued_is_sent(house: Harness[Store], agency: TenantSaved) -> None:
    telnyx = Telnyx()
    await send(house, agency)
    await erase(house, agency)
    await turn(house, telnyx)
    assert telnyx.log == []


async def test_a_request_under_way_ends_without_a_trace(
    house: Harness[Store], agency: TenantSaved, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    telnyx = Telnyx()
    await send(house, agency)
    provider = telnyx.provider()
    ask = provider.send

    async def meanwhile(letter: Letter) -> tuple[Answer, Particulars]:
        answer = await ask(letter)
        await erase(house, agency)
        return answer

    monkeypatch.setattr(provider, "send", meanwhile)
    before = SKIPPED.labels("message.status")._value.get()
    await turn(house, provider)
    (ref,) = telnyx.refs()
    time.pass_(5)
    said = receipt("delivered", "p-1", reference=ref, subject=subject(house, agency))
    await house.take(said, agency)
    assert all(not found for found in (await everything(house, agency)).values())
    assert SKIPPED.labels("message.status")._value.get() == before + 1


async def test_who_is_to_be_left_alone_is_left_alone_after_it(
    house: Harness[Store], agency: TenantSaved
) -> None:
    code = subject(house, agency)
    await house.take(consent(house, agency, 3, "withdrawn", suppressed=True), agency)
    answer = await erase(house, agency)
    assert deleted(answer) == {"consents": 1}
    copy = await house.store(agency).consents.get(code)
    assert copy == Copy(
        subject=code,
        version=3,
        suppressed=True,
        changed_at=copy.changed_at,
        suppressed_since=copy.suppressed_since,
    )
    assert (await erase(house, agency, round=2)).deleted == ()
    refused = await house.client(agency).post("/v1/messages", json=asked())
    assert (refused.status_code, refused.json()["code"]) == (403, "suppressed")
    await house.take(consent(house, agency, 4, "granted"), agency)
    assert not (await house.store(agency).consents.get(code)).suppressed


async def test_another_agencys_texts_with_the_person_stay(
    house: Harness[Store], agency: TenantSaved
) -> None:
    there = await house.open(**agency_facts())
    await correspond(house, there, DAN)
    before = await everything(house, there)
    await correspond(house, agency, DAN)
    await erase(house, agency)
    assert await everything(house, there) == before


def word(house: Harness[Store], agency: TenantSaved, **said: Any) -> WordOrdered:
    def sealed(field: str, text: str) -> str:
        return b64encode(house.keys.seal(agency.tenant, field, text.encode())).decode()

    known = {
        "request_id": "req_1",
        "subject": subject(house, agency),
        "at": clock.now(),
        "message_class": "one_time_code",
        "party": sealed(NUMBER_FIELD, DAN),
        "sealed": sealed(WORDS_FIELD, "Your code is 271828."),
        "valid_until": clock.now() + timedelta(minutes=10),
    }
    return WordOrdered(**{**known, **said})


async def test_a_word_is_sent_at_once_and_once_also_to_who_has_stopped(
    house: Harness[Store], agency: TenantSaved
) -> None:
    telnyx = Telnyx()
    await house.take(consent(house, agency, 1, "withdrawn", suppressed=True), agency)
    for event in ("one", "two"):
        await house.take(word(house, agency), agency, event)
    await turn(house, telnyx)
    assert [(body["to"], body["text"]) for body in telnyx.log] == [(DAN, "Your code is 271828.")]


async def test_a_word_is_not_sent_when_it_is_of_no_use_any_more(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx()
    await house.take(word(house, agency), agency)
    time.pass_(601)
    await turn(house, telnyx)
    assert telnyx.log == []
    (fact,) = house.units.of(SmsBlocked)
    assert fact.code == "expired"
    assert (await kept(house, agency, fact.message_id)).state == "blocked"


async def test_without_a_number_of_its_own_an_agency_sends_no_word(
    house: Harness[Store],
) -> None:
    mute = await house.open()
    await house.take(word(house, mute), mute)
    (fact,) = house.units.of(SmsBlocked)
    assert fact.code == "sender_not_yours"


async def test_nobody_at_the_agency_reads_the_code(
    house: Harness[Store], agency: TenantSaved
) -> None:
    await house.take(wrote(house, agency), agency)
    await house.take(word(house, agency), agency)
    await send(house, agency, "one_time_code", text="The agency's own: 314159")
    path = f"/v1/conversations/{subject(house, agency)}"
    answer = await house.client(agency).get(path)
    assert "271828" not in answer.text
    assert "314159" in answer.text


async def test_a_claim_and_an_erasure_of_one_moment_leave_nothing(
    house: Harness[Store], agency: TenantSaved
) -> None:
    message_id = await send(house, agency)
    await asyncio.gather(
        claim(house, agency, message_id, "ref-1"), erase(house, agency), return_exceptions=True
    )
    assert await rows(house, agency, "messages") == []
