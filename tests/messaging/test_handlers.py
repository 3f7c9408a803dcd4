"""Events in: replies, keywords, receipts, candidates and consent."""

from libs.common.events import (
    Candidate,
    MessageMatched,
    SmsBlocked,
    SmsDelivered,
    SmsFailed,
    SmsReceived,
    SmsRequested,
    SmsSent,
    TenantSaved,
)
from services.messaging.domain.message import Message
from services.messaging.store import Store
from tests.messaging.given import (
    DAN,
    EVE,
    LINE,
    NOON,
    Time,
    beat,
    claim,
    consent,
    kept,
    receipt,
    send,
    subject,
    wrote,
)
from tests.support.http import Harness

LATER = NOON.replace(hour=20).isoformat()


async def thread(house: Harness[Store], agency: TenantSaved, number: str = DAN) -> list[Message]:
    """What was written with a person, the first first."""
    store = house.store(agency)
    return (await store.messages.thread(subject(house, agency, number), None, 100))[::-1]


async def texts(house: Harness[Store], agency: TenantSaved) -> list[str | None]:
    store = house.store(agency)
    return [store.messages.text(message) for message in await thread(house, agency)]


async def agreed(house: Harness[Store], agency: TenantSaved, version: int = 1) -> None:
    """Consent is at work, and Dan wants promotions."""
    await beat(house)
    await house.take(consent(house, agency, version), agency)


async def test_a_text_opens_a_conversation(house: Harness[Store], agency: TenantSaved) -> None:
    text = wrote(house, agency, "Is my car insured?")
    for _ in range(2):
        await house.take(text, agency)
    (message,) = await thread(house, agency)
    assert (message.direction, message.state, message.line) == ("in", "received", LINE)
    assert await texts(house, agency) == ["Is my car insured?"]
    head = await house.store(agency).conversations.get(subject(house, agency))
    assert head is not None
    assert (head.number, head.unanswered, head.last_at) == (DAN, 1, NOON)
    (told,) = house.units.of(SmsReceived)
    assert (told.message_id, told.keyword) == (message.id, "none")
    assert await house.store(agency).due.queued(NOON, 10) == []


async def test_a_text_without_words_or_without_a_person(
    house: Harness[Store], agency: TenantSaved
) -> None:
    await house.take(wrote(house, agency, None, media=1), agency)
    assert await texts(house, agency) == [None]
    await house.take(
        wrote(house, agency, party="22395", party_kind="short_code", subject=None), agency
    )
    assert len(house.units.of(SmsReceived)) == 1


async def test_stop_blocks_what_is_queued_and_is_confirmed_once(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    await agreed(house, agency)
    promotions = [await send(house, agency, "promotional", send_at=LATER) for _ in range(3)]
    service = await send(house, agency, send_at=LATER)
    code = await send(house, agency, "one_time_code", send_at=LATER)
    others = await send(house, agency, to=EVE, send_at=LATER)
    time.pass_(10)
    for _ in range(2):
        await house.take(wrote(house, agency, "Stop.", keyword="stop"), agency)
        time.pass_(1)
    for message_id in [*promotions, service]:
        message = await kept(house, agency, message_id)
        assert (message.state, message.code) == ("blocked", "withdrawn")
        assert message.sentence is not None
    blocked = house.units.of(SmsBlocked)
    assert sorted(one.message_id for one in blocked) == sorted([*promotions, service])
    assert {one.code for one in blocked} == {"withdrawn"}
    for message_id in (code, others):
        assert (await kept(house, agency, message_id)).state == "queued"
    confirmations = [m for m in await thread(house, agency) if m.message_class == "confirmation"]
    assert [(m.line, m.state, m.requested_by) for m in confirmations] == [
        (LINE, "queued", "platform")
    ]
    due = await house.store(agency).due.queued(time.now, 100)
    assert [one.message for one in due] == [confirmations[0].id]
    asked = [one for one in house.units.of(SmsRequested) if one.message_class == "confirmation"]
    assert len(asked) == 1


async def test_stop_that_the_provider_has_answered_is_not_confirmed(
    house: Harness[Store], agency: TenantSaved
) -> None:
    await house.take(wrote(house, agency, "STOP", keyword="stop", autoresponse="stop"), agency)
    assert [m.direction for m in await thread(house, agency)] == ["in"]
    assert (await house.store(agency).consents.get(subject(house, agency))).stopped


async def test_stop_is_confirmed_where_the_ledger_was_faster(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    stop = wrote(house, agency, "STOP", keyword="stop")
    time.pass_(1)
    await house.take(consent(house, agency, 2, "withdrawn", suppressed=True), agency)
    await house.take(stop, agency)
    assert [m.message_class for m in await thread(house, agency)] == [None, "confirmation"]


async def test_start_lifts_stop_and_an_older_stop_does_not_come_back(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    stop = wrote(house, agency, "STOP", keyword="stop")
    late = wrote(house, agency, "STOP", keyword="stop")
    await house.take(stop, agency)
    time.pass_(60)
    await house.take(wrote(house, agency, "START", keyword="start"), agency)
    await house.take(late, agency)
    assert not (await house.store(agency).consents.get(subject(house, agency))).stopped
    said = [text for text in await texts(house, agency) if text and text.startswith("A: ")]
    assert ["unsubscribed" in text for text in said] == [True, False]


async def test_help_is_answered_with_where_the_agency_is(
    house: Harness[Store], agency: TenantSaved
) -> None:
    await house.take(wrote(house, agency, "HELP", keyword="help"), agency)
    await house.take(wrote(house, agency, "help", keyword="help", autoresponse="help"), agency)
    await house.take(wrote(house, agency, "help", keyword="help", line=None), agency)
    (answer,) = [m for m in await thread(house, agency) if m.direction == "out"]
    assert LINE in str(house.store(agency).messages.text(answer))


async def test_the_ledger_lifts_a_stop_that_it_has_seen(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    consents = house.store(agency).consents
    before = consent(house, agency, 1)
    time.pass_(10)
    await house.take(wrote(house, agency, "STOP", keyword="stop"), agency)
    await house.take(before, agency)  # older than the stop
    assert (await consents.get(subject(house, agency))).stopped
    time.pass_(10)
    await house.take(consent(house, agency, 2, "withdrawn", suppressed=True), agency)
    assert (await consents.get(subject(house, agency))).stopped
    time.pass_(10)
    await house.take(consent(house, agency, 3), agency)
    assert not (await consents.get(subject(house, agency))).stopped
    await house.take(consent(house, agency, 2, "withdrawn", suppressed=True), agency)
    assert (await consents.get(subject(house, agency))).version == 3


async def test_a_withdrawal_by_other_means_blocks_what_is_queued(
    house: Harness[Store], agency: TenantSaved
) -> None:
    await agreed(house, agency)
    promotion = await send(house, agency, "promotional", send_at=LATER)
    service = await send(house, agency, send_at=LATER)
    await house.take(consent(house, agency, 2, "withdrawn"), agency)
    assert (await kept(house, agency, promotion)).code == "withdrawn"
    assert (await kept(house, agency, service)).state == "queued"
    await house.take(consent(house, agency, 3, "withdrawn", suppressed=True), agency)
    assert (await kept(house, agency, service)).state == "blocked"


async def test_receipts_in_any_order_tell_each_thing_once(
    house: Harness[Store], agency: TenantSaved
) -> None:
    message_id = await send(house, agency)
    await claim(house, agency, message_id, "ref-1")
    costs = {"reference": "ref-1", "cost": "0.0051", "currency": "USD"}
    for status in ("delivered", "sent", "delivered", "queued"):
        await house.take(receipt(status, **costs), agency)
    message = await kept(house, agency, message_id)
    assert (message.state, message.provider_id) == ("delivered", "p-1")
    assert (message.cost, message.currency, message.final_at) == ("0.0051", "USD", NOON)
    assert [one.cost for one in house.units.of(SmsSent)] == ["0.0051"]
    assert len(house.units.of(SmsDelivered)) == 1
    assert await house.store(agency).due.in_doubt(NOON.replace(year=2027), 10) == []


async def test_a_receipt_that_fails_says_why(house: Harness[Store], agency: TenantSaved) -> None:
    message_id = await send(house, agency)
    await claim(house, agency, message_id, "ref-1")
    failed = receipt("delivery_failed", reference="ref-1", errors=("40300",))
    await house.take(failed, agency)
    message = await kept(house, agency, message_id)
    assert (message.state, message.code) == ("undelivered", "recipient_stopped")
    (told,) = house.units.of(SmsFailed)
    assert (told.code, told.provider_code) == ("recipient_stopped", "40300")
    assert (await house.store(agency).consents.get(subject(house, agency))).stopped


async def test_a_receipt_before_its_id_is_known_waits_for_it(
    house: Harness[Store], agency: TenantSaved
) -> None:
    message_id = await send(house, agency)
    await claim(house, agency, message_id, "ref-1")
    await house.take(receipt("delivered"), agency)
    assert (await kept(house, agency, message_id)).state == "sending"
    await house.take(receipt("sent", reference="ref-1"), agency)
    assert (await kept(house, agency, message_id)).state == "delivered"
    assert await house.store(agency).early.take("p-1") == []


async def test_the_matcher_says_who_it_may_be(house: Harness[Store], agency: TenantSaved) -> None:
    who = Candidate(customer_id="c-1", name="Dan Example", confidence=0.9, reasons=())
    match = MessageMatched(
        message_id="in-1", subject=subject(house, agency), outcome="matched", candidates=(who,)
    )
    conversations = house.store(agency).conversations
    await house.take(match, agency)
    assert await conversations.get(subject(house, agency)) is None
    await house.take(wrote(house, agency), agency)
    head = await conversations.get(subject(house, agency))
    assert head is not None
    assert (head.customer_id, head.customer_name) == ("c-1", "Dan Example")
    nobody = match.model_copy(update={"candidates": (), "outcome": "unknown"})
    await house.take(nobody, agency)
    head = await conversations.get(subject(house, agency))
    assert head is not None
    assert head.customer_id is None


async def test_the_last_sign_of_life_counts(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    heard = house.store(agency).heard
    time.pass_(15)
    await beat(house)
    time.pass_(-15)
    await beat(house)
    assert await heard.last() == NOON  # the clock of the one before was ahead


async def test_tenants_stay_apart(house: Harness[Store], agency: TenantSaved) -> None:
    other = await house.open()
    await house.take(wrote(house, agency, "STOP", keyword="stop"), agency)
    assert not (await house.store(other).consents.get(subject(house, other))).stopped
    assert await thread(house, other) == []
