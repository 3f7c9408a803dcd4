"""Time in: what is due is sent once, and only where it may be."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from pymongo.errors import AutoReconnect

from libs.common import telemetry
from libs.common.events import SmsBlocked, SmsFailed, SmsSent, TenantClosed, TenantSaved
from libs.common.events.tenants import Assignment
from libs.common.mongo import Work
from libs.common.telemetry.traces import setup_traces
from services.messaging.jobs import Sending
from services.messaging.jobs.claiming import MOST_SLOTS, Claim, Slots
from services.messaging.store import Store
from tests.messaging.given import (
    DAN,
    LINE,
    NOON,
    NOURA,
    PROFILE,
    Time,
    agency_facts,
    agreed,
    asked,
    beat,
    consent,
    kept,
    receipt,
    send,
    subject,
    wrote,
)
from tests.messaging.provider import Telnyx, accepted, once, refused, turn
from tests.support.http import Harness

in_memory = pytest.mark.parametrize("house", ["memory"], indirect=True)


async def state(house: Harness[Store], agency: TenantSaved, message_id: str) -> tuple[str, Any]:
    message = await kept(house, agency, message_id)
    return message.state, message.code


async def due_at(house: Harness[Store], agency: TenantSaved, message_id: str) -> Any:
    return await house.store(agency).due.since(message_id)


async def test_a_message_is_sent_once(house: Harness[Store], agency: TenantSaved) -> None:
    telnyx = Telnyx()
    message_id = await send(house, agency)
    for _ in range(2):
        await turn(house, telnyx)
    (body,) = telnyx.log
    (ref,) = telnyx.refs()
    assert body == {
        "from": LINE,
        "to": DAN,
        "text": "Your policy is renewed.",
        "type": "SMS",
        "messaging_profile_id": PROFILE,
        "webhook_url": f"https://hooks.test/telnyx?ref={ref}",
        "use_profile_webhooks": False,
    }
    assert telnyx.keys == [ref]
    assert len(ref) == 32
    message = await kept(house, agency, message_id)
    assert (message.state, message.provider_id, message.attempt) == ("accepted", "p-1", 1)
    assert (message.cost, message.currency, message.sent_at) == ("0.0140", "USD", NOON)
    (told,) = house.units.of(SmsSent)
    assert (told.provider_id, told.cost, told.parts) == ("p-1", "0.0140", 1)


@in_memory
async def test_the_request_is_in_the_trace_of_what_asked_for_it(
    house: Harness[Store], agency: TenantSaved, tmp_path: Path
) -> None:
    setup_traces("messaging", spans_file=tmp_path / "spans", otlp_endpoint=None)
    with telemetry.span("asked"):
        trace = telemetry.trace_id()
        await send(house, agency)
    await turn(house, Telnyx())
    telemetry.shutdown()
    spans = [json.loads(line) for line in (tmp_path / "spans").read_text().splitlines()]
    (request,) = [span for span in spans if span["name"] == "telnyx send"]
    assert (request["kind"], request["trace_id"]) == ("client", trace)
    assert DAN[1:] not in str(spans)
    (told,) = [one for one in house.units.envelopes if one.type == SmsSent.TYPE]
    assert str(told.traceparent).split("-")[1] == trace


async def test_what_is_not_due_waits(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx()
    message_id = await send(house, agency, send_at=NOON.replace(minute=30).isoformat())
    await turn(house, telnyx)
    assert await state(house, agency, message_id) == ("queued", None)
    time.now = NOON.replace(minute=30)
    await turn(house, telnyx)
    assert len(telnyx.log) == 1


OUTCOMES: dict[str, tuple[Any, str, str | None]] = {
    "accepted": (accepted(), "accepted", None),
    "no connection": (httpx.ConnectError("no"), "queued", "provider_unreachable"),
    "no pool": (httpx.PoolTimeout("no"), "queued", "provider_unreachable"),
    "read timeout": (httpx.ReadTimeout("no"), "unknown", "no_answer"),
    "reset": (httpx.ReadError("no"), "unknown", "no_answer"),
    "500": (refused(500), "unknown", "no_answer"),
    "502": (httpx.Response(502, text="<html>"), "unknown", "no_answer"),
    "408": (refused(408), "unknown", "no_answer"),
    "accepted without an id": (httpx.Response(200, json={"data": {}}), "unknown", "no_answer"),
    "too fast": (refused(429, "10011"), "queued", "sent_too_fast"),
    "too fast without a code": (refused(429), "queued", "sent_too_fast"),
    "a key that is not valid": (refused(401, "10009"), "queued", "provider_denied"),
    "a key that may not": (refused(403), "queued", "provider_denied"),
    "spend limit": (refused(429, "40333"), "queued", "spend_limit"),
    "spam": (refused(400, "40015"), "failed", "needs_attention"),
    "stopped": (refused(400, "40300"), "failed", "recipient_stopped"),
    "address": (refused(400, "40310"), "failed", "number_unusable"),
    "held": (refused(400, "40020"), "queued", "held_back"),
    "a code nobody knows": (refused(422, "49999"), "failed", "provider_refused"),
}


@pytest.mark.parametrize("name", OUTCOMES)
@in_memory
async def test_every_outcome_has_its_state(
    house: Harness[Store], agency: TenantSaved, name: str
) -> None:
    answer, expected, code = OUTCOMES[name]
    telnyx = Telnyx(answer)
    message_id = await send(house, agency)
    await turn(house, telnyx)
    assert await state(house, agency, message_id) == (expected, code)
    await turn(house, telnyx)
    assert len(telnyx.log) == 1
    failures = [(one.code, one.message_id) for one in house.units.of(SmsFailed)]
    assert failures == ([(code, message_id)] if expected == "failed" else [])


@in_memory
async def test_what_was_not_taken_is_tried_again_later_under_another_name(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx(httpx.ConnectError("no"), httpx.ConnectTimeout("no"))
    message_id = await send(house, agency)
    await turn(house, telnyx)
    assert await due_at(house, agency, message_id) == NOON.replace(second=5)
    time.pass_(4)
    await turn(house, telnyx)
    assert len(telnyx.log) == 1
    for seconds in (1, 10):
        time.pass_(seconds)
        await turn(house, telnyx)
    message = await kept(house, agency, message_id)
    assert (message.state, message.attempt, message.code) == ("accepted", 3, None)
    assert len(set(telnyx.refs())) == 3


@in_memory
async def test_it_is_given_up_an_hour_after_the_first_attempt(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx(*[httpx.ConnectError("no") for _ in range(100)])
    message_id = await send(house, agency)
    for _ in range(100):
        await turn(house, telnyx)
        time.pass_(60)
    assert await state(house, agency, message_id) == ("failed", "provider_unreachable")
    assert 5 < len(telnyx.log) < 20
    assert len(house.units.of(SmsFailed)) == 1


async def test_a_stop_between_the_request_and_the_claim_wins(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx()
    service, code = await send(house, agency), await send(house, agency, "one_time_code")
    time.pass_(1)
    await house.take(wrote(house, agency, "Stop", keyword="stop"), agency)
    after = await house.client(agency).post(
        "/v1/messages", json={"to": DAN, "class": "service", "text": "More"}
    )
    assert (after.status_code, after.json()["code"]) == (403, "suppressed")
    await turn(house, telnyx)
    assert await state(house, agency, service) == ("blocked", "withdrawn")
    assert await state(house, agency, code) == ("accepted", None)
    assert len(telnyx.log) == 2  # the code and the one confirmation


async def test_the_gate_is_asked_again_at_the_claim(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    await agreed(house, agency)
    message_id = await send(
        house, agency, "promotional", send_at=NOON.replace(minute=30).isoformat()
    )
    changed = consent(house, agency, 2, suspected=True)
    await house.take(changed, agency)
    time.now = NOON.replace(minute=30)
    await beat(house)
    telnyx = Telnyx()
    await turn(house, telnyx)
    assert await state(house, agency, message_id) == ("blocked", "suspected_revocation")
    assert telnyx.log == []
    assert [one.code for one in house.units.of(SmsBlocked)] == ["suspected_revocation"]


@in_memory
async def test_a_promotion_waits_for_consent_to_be_heard_of_and_not_for_ever(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    await agreed(house, agency)
    at = NOON.replace(minute=30).isoformat()
    first = await send(house, agency, "promotional", send_at=at)
    time.now = NOON.replace(minute=30)
    telnyx = Telnyx()
    await turn(house, telnyx)
    assert await state(house, agency, first) == ("queued", None)
    time.pass_(30)
    await beat(house)
    await turn(house, telnyx)
    assert len(telnyx.log) == 1
    second = await send(house, agency, "promotional", send_at=time.now.isoformat())
    time.pass_(61)
    for _ in range(120):  # an hour
        await turn(house, telnyx)
        assert await state(house, agency, second) == ("queued", None)
        time.pass_(30)
    await turn(house, telnyx)
    assert await state(house, agency, second) == ("blocked", "consent_unknown")
    assert len(telnyx.log) == 1


async def test_one_silent_lane_makes_promotions_wait(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx()
    await agreed(house, agency, 0, 1, 3)
    message_id = await send(house, agency, "promotional")
    for _ in range(6):
        time.pass_(15)
        await beat(house, 0, 3)
    await turn(house, telnyx)
    assert await state(house, agency, message_id) == ("queued", None)
    answer = await house.client(agency).post("/v1/messages", json=asked("promotional"))
    assert (answer.status_code, answer.json()["code"]) == (403, "consent_unknown")
    service = await send(house, agency)
    await turn(house, telnyx)
    assert await state(house, agency, service) == ("accepted", None)
    time.pass_(30)
    await beat(house, 0, 1, 3)
    await turn(house, telnyx)
    assert await state(house, agency, message_id) == ("accepted", None)


@in_memory
async def test_a_promotion_released_in_the_morning_waits_for_consent_like_any_other(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    """Asked for the evening before, and consent has been silent since: its hour begins now."""
    time.now = NOON.replace(day=2, hour=1)  # 21:00 in New York
    await agreed(house, agency)
    message_id = await send(house, agency, "promotional")
    telnyx = Telnyx()
    time.now = NOON.replace(day=2, hour=12)
    for _ in range(3):
        await turn(house, telnyx)
        assert await state(house, agency, message_id) == ("queued", None)
        time.pass_(30)
    await beat(house)
    await turn(house, telnyx)
    assert await state(house, agency, message_id) == ("accepted", None)
    assert (await kept(house, agency, message_id)).doubt_at is None


@in_memory
async def test_while_consent_was_heard_of_within_the_hour_a_promotion_is_not_blocked(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    await agreed(house, agency)
    message_id = await send(house, agency, "promotional")
    time.pass_(61)
    await turn(house, Telnyx())
    time.pass_(3000)
    await beat(house)
    time.pass_(3599)  # nobody looked in between
    await turn(house, Telnyx())
    assert await state(house, agency, message_id) == ("queued", None)
    time.pass_(30)
    await turn(house, Telnyx())
    assert await state(house, agency, message_id) == ("blocked", "consent_unknown")


@in_memory
async def test_a_promotion_waits_for_a_decent_hour(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    time.now = NOON.replace(day=2, hour=1)  # 21:00 in New York
    await agreed(house, agency)
    message_id = await send(house, agency, "promotional")
    code = await send(house, agency, "one_time_code")
    telnyx = Telnyx()
    await turn(house, telnyx)
    assert await state(house, agency, message_id) == ("queued", None)
    assert await state(house, agency, code) == ("accepted", None)
    assert await due_at(house, agency, message_id) == NOON.replace(day=2, hour=12)
    await house.store(agency).due.set(message_id, "queued", time.now)  # looked at too early
    await turn(house, telnyx)
    assert await due_at(house, agency, message_id) == NOON.replace(day=2, hour=12)
    time.now = NOON.replace(day=2, hour=12)
    await beat(house)
    await turn(house, telnyx)
    assert await state(house, agency, message_id) == ("accepted", None)


@in_memory
async def test_a_number_that_is_not_the_agencys_any_more_sends_nothing(
    house: Harness[Store], agency: TenantSaved
) -> None:
    message_id = await send(house, agency)
    house.tenants.put(agency.model_copy(update={"version": 2, "numbers": ()}))
    telnyx = Telnyx()
    await turn(house, telnyx)
    assert await state(house, agency, message_id) == ("blocked", "sender_not_yours")
    assert telnyx.log == []


@in_memory
async def test_a_sender_keeps_to_its_pace_and_the_rest_queues(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx()
    ids = [await send(house, agency) for _ in range(25)]
    await turn(house, telnyx)
    assert len(telnyx.log) == 10  # the burst
    waits = {at for one in ids if (at := await due_at(house, agency, one))}
    assert len(waits) == 15
    assert max(waits) == NOON + timedelta(seconds=1.5)
    for _ in range(20):
        time.pass_(0.1)
        await turn(house, telnyx)
    assert len(telnyx.log) == 25
    assert len(set(telnyx.refs())) == 25


@in_memory
async def test_a_sender_without_a_turn_is_not_asked_for_again_in_a_round(
    house: Harness[Store], agency: TenantSaved, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    telnyx, claims = Telnyx(), 0
    run = Claim.run

    async def counted(claim: Claim, store: Store, work: Work) -> Any:
        nonlocal claims
        claims += 1
        return await run(claim, store, work)

    monkeypatch.setattr(Claim, "run", counted)
    ids = [await send(house, agency) for _ in range(150)]
    await turn(house, telnyx)
    assert (claims, len(telnyx.log)) == (10, 10)  # the burst
    waits = {at for one in ids if (at := await due_at(house, agency, one))}
    assert len(waits) == 140
    assert max(waits) == NOON + timedelta(seconds=14)
    await turn(house, telnyx)
    assert claims == 10
    code = await send(house, agency, "one_time_code")
    await turn(house, telnyx)
    assert (claims, len(telnyx.log)) == (11, 10)
    time.pass_(0.1)
    await turn(house, telnyx)
    assert await state(house, agency, code) == ("accepted", None)
    assert (claims, len(telnyx.log)) == (12, 11)


async def test_a_mass_of_one_sender_leaves_room_for_others_in_the_same_round(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    second = "+12125550198"
    held = (*agency.numbers, Assignment(value=second, valid_from=NOON))
    house.tenants.put(agency.model_copy(update={"version": 2, "numbers": held}))
    stranger = await house.open(**agency_facts())
    for _ in range(70):  # more than a batch
        await send(house, agency)
    time.pass_(1)
    other = await send(house, agency, sender=second)
    theirs = await send(house, stranger)
    telnyx = Telnyx()
    await turn(house, telnyx)
    assert await state(house, agency, other) == ("accepted", None)
    assert await state(house, stranger, theirs) == ("accepted", None)
    assert len(telnyx.log) == 12


@in_memory
async def test_codes_do_not_wait_behind_a_mass_of_others(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx()
    for _ in range(200):  # more than a round, and twenty seconds of the sender's pace
        await send(house, agency)
    sending = Sending(cast(Any, house), telnyx.provider())
    for _ in range(4):
        await once(sending)
    time.pass_(0.05)
    codes = [await send(house, agency, "one_time_code") for _ in range(3)]
    for _ in range(4):
        await once(sending)
        time.pass_(0.1)
    assert {await state(house, agency, one) for one in codes} == {("accepted", None)}
    assert len(telnyx.log) == 10 + 3


@in_memory
async def test_a_clock_that_was_ahead_once_holds_a_sender_up_for_no_longer_than_its_pace(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx()
    await house.store(agency).senders.spend(LINE, 0, NOON + timedelta(days=365))
    message_id = await send(house, agency)
    await turn(house, telnyx)
    assert telnyx.log == []
    assert (await house.store(agency).senders.pace(LINE)).at == NOON
    time.pass_(0.2)
    await turn(house, telnyx)
    assert await state(house, agency, message_id) == ("accepted", None)


@in_memory
async def test_a_heartbeat_from_a_clock_that_was_ahead_is_mended_by_the_next(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx()
    await agreed(house, agency)
    message_id = await send(house, agency, "promotional")
    time.pass_(365 * 24 * 3600)
    await beat(house)
    time.now = NOON
    for _ in range(3):
        await turn(house, telnyx)
        assert await state(house, agency, message_id) == ("queued", None)
        time.pass_(3600)
    time.now = NOON.replace(minute=1)
    await beat(house)
    await house.store(agency).due.set(message_id, "queued", time.now)
    await turn(house, telnyx)
    assert await state(house, agency, message_id) == ("accepted", None)


@in_memory
async def test_a_sender_that_is_too_fast_rests(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx(refused(429, "10011"))
    await send(house, agency)
    await turn(house, telnyx)
    other = await send(house, agency)
    await turn(house, telnyx)
    assert len(telnyx.log) == 1
    assert await due_at(house, agency, other) == NOON.replace(second=2)
    time.pass_(6)
    await turn(house, telnyx)
    assert len(telnyx.log) == 3


@in_memory
async def test_a_key_that_was_changed_costs_nobody_a_message(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx(refused(401, "10009"))
    first = await send(house, agency)
    await turn(house, telnyx)
    second = await send(house, agency)
    await turn(house, telnyx)
    assert len(telnyx.log) == 1  # the sender rests
    assert await due_at(house, agency, second) == NOON.replace(minute=1)
    time.pass_(60)
    await turn(house, telnyx)
    assert len(telnyx.log) == 2  # one asks
    time.pass_(5)
    await turn(house, telnyx)
    assert {(await kept(house, agency, one)).state for one in (first, second)} == {"accepted"}


@in_memory
async def test_a_sender_that_is_held_for_a_day_keeps_what_can_wait(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx(refused(400, "40020"))
    held = await send(house, agency)
    await turn(house, telnyx)
    assert await due_at(house, agency, held) == NOON + timedelta(days=1)
    waiting, code = await send(house, agency), await send(house, agency, "one_time_code")
    await turn(house, telnyx)
    assert await state(house, agency, waiting) == ("queued", None)
    assert await state(house, agency, code) == ("failed", "held_back")
    assert [one.message_id for one in house.units.of(SmsFailed)] == [code]
    assert (await kept(house, agency, code)).sentence
    time.pass_(24 * 3600)
    await turn(house, telnyx)
    assert {(await kept(house, agency, one)).state for one in (held, waiting)} == {"accepted"}
    assert len(telnyx.log) == 3


@in_memory
async def test_a_code_waits_out_a_short_rest(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx(refused(429, "40318"))
    await send(house, agency)
    await turn(house, telnyx)
    code = await send(house, agency, "one_time_code")
    await turn(house, telnyx)
    assert await state(house, agency, code) == ("queued", None)
    time.pass_(60)
    await turn(house, telnyx)
    assert await state(house, agency, code) == ("accepted", None)


@in_memory
async def test_a_receipt_before_the_answer_is_not_undone_by_it(
    house: Harness[Store], agency: TenantSaved
) -> None:
    async def early(ref: str) -> None:
        await house.take(receipt("delivered", reference=ref), agency)

    telnyx = Telnyx(httpx.ReadTimeout("no"))
    message_id = await send(house, agency)
    provider, waiting = telnyx.provider(), asyncio.Event()
    real = provider.send

    async def slow(letter: Any) -> Any:
        answer = await real(letter)
        await early(letter.ref)
        waiting.set()
        return answer

    provider.send = slow  # type: ignore[method-assign]
    await turn(house, provider)
    assert waiting.is_set()
    assert await state(house, agency, message_id) == ("delivered", None)
    assert len(house.units.of(SmsSent)) == 1


@in_memory
async def test_receipts_without_a_name_that_came_first_are_found_with_the_answer(
    house: Harness[Store], agency: TenantSaved
) -> None:
    message_id = await send(house, agency)
    await house.take(receipt("delivered", "p-1"), agency)
    await house.take(receipt("sent", "p-1"), agency)
    await turn(house, Telnyx())
    assert (await kept(house, agency, message_id)).state == "delivered"


@in_memory
async def test_the_providers_own_stop_stops(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    await send(house, agency)
    await turn(house, Telnyx(refused(400, "40300")))
    assert (await house.store(agency).consents.get(subject(house, agency))).stopped
    answer = await house.client(agency).post(
        "/v1/messages", json={"to": DAN, "class": "service", "text": "More"}
    )
    assert answer.json()["code"] == "suppressed"


@in_memory
async def test_one_that_cannot_be_claimed_holds_up_nobody(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    broken = await send(house, agency)

    async def spoil(store: Store, work: Work) -> None:
        message = await store.messages.get(broken)
        assert message is not None
        await store.messages.change(message, {"party": b"\0\1" + b"x" * 40})

    await house.units.write(agency, spoil)
    time.pass_(1)
    whole = await send(house, agency)
    telnyx = Telnyx()
    await turn(house, telnyx)
    assert await state(house, agency, whole) == ("accepted", None)
    assert await state(house, agency, broken) == ("queued", None)
    assert await due_at(house, agency, broken) == NOON.replace(minute=1, second=1)


@in_memory
async def test_what_a_tenant_that_has_left_wanted_is_forgotten(
    house: Harness[Store], agency: TenantSaved
) -> None:
    await send(house, agency)
    house.tenants.put(TenantClosed(tenant=agency.tenant))
    telnyx = Telnyx()
    await turn(house, telnyx)
    assert telnyx.log == []
    assert await house.units.read("platform").due.queued(NOON, 10) == []


async def test_two_processes_send_it_once(house: Harness[Store], agency: TenantSaved) -> None:
    telnyx = Telnyx()
    ids = [await send(house, agency) for _ in range(5)]
    await asyncio.gather(*(turn(house, telnyx) for _ in range(3)))
    assert len(telnyx.log) == len(set(telnyx.refs())) == 5
    assert {await state(house, agency, one) for one in ids} == {("accepted", None)}


@in_memory
async def test_saudi_rules_hold_at_the_claim(house: Harness[Store], time: Time) -> None:
    agency = await house.open(**agency_facts(region="SA"))
    client = house.client(agency)
    kept_ = {"kind": "standard_clauses", "reference": "r", "valid_from": NOON.isoformat()}
    assert (await client.put("/v1/safeguards/SA", json=kept_)).status_code == 200
    time.pass_(1)
    message_id = await send(house, agency, to=NOURA)
    assert (await client.delete("/v1/safeguards/SA")).status_code == 204
    telnyx = Telnyx()
    await turn(house, telnyx)
    assert await state(house, agency, message_id) == ("blocked", "no_transfer_safeguard")
    assert telnyx.log == []


@in_memory
async def test_the_job_ends_when_the_service_stops(
    house: Harness[Store], agency: TenantSaved
) -> None:
    telnyx, stopping = Telnyx(), asyncio.Event()
    sending = Sending(cast(Any, house), telnyx.provider())
    job = asyncio.create_task(sending.run(stopping))
    await send(house, agency)  # rings the bell
    while not telnyx.log:
        await asyncio.sleep(0)
    stopping.set()
    house.units.read("platform").desk.bell.set()
    await job
    assert len(house.units.of(SmsSent)) == 1


@in_memory
async def test_while_the_store_is_away_the_job_waits_and_then_goes_on(
    house: Harness[Store], agency: TenantSaved, monkeypatch: pytest.MonkeyPatch
) -> None:
    telnyx, stopping, tries = Telnyx(), asyncio.Event(), 0
    sending = Sending(cast(Any, house), telnyx.provider())
    await send(house, agency)
    write = house.units.write

    async def sometimes(tenant: TenantSaved, body: Any) -> Any:
        nonlocal tries
        tries += 1
        if tries in (1, 3):  # the first claim, and the first word on the answer
            raise AutoReconnect("away")
        return await write(tenant, body)

    monkeypatch.setattr(house.units, "write", sometimes)
    monkeypatch.setattr("services.messaging.jobs.sending.POLL_SECONDS", 0)
    monkeypatch.setattr("services.messaging.jobs.settling.SETTLE_PAUSES", (0,))
    job = asyncio.create_task(sending.run(stopping))
    while not house.units.of(SmsSent):
        await asyncio.sleep(0)
    stopping.set()
    await job
    assert (len(telnyx.log), tries) == (1, 4)


@in_memory
async def test_an_answer_that_cannot_be_written_down_leaves_the_message_unknown(
    house: Harness[Store], agency: TenantSaved, monkeypatch: pytest.MonkeyPatch
) -> None:
    telnyx = Telnyx()
    message_id = await send(house, agency)

    async def never(*_: Any) -> str:
        raise AutoReconnect("away")

    monkeypatch.setattr("services.messaging.jobs.settling.SETTLE_PAUSES", (0, 0))
    monkeypatch.setattr("services.messaging.jobs.settling.Settle.run", never)
    await turn(house, telnyx)
    assert await state(house, agency, message_id) == ("sending", None)
    assert len(telnyx.log) == 1


@in_memory
async def test_what_is_due_without_a_message_or_a_tenant_is_put_away(
    house: Harness[Store], agency: TenantSaved
) -> None:
    store = house.store(agency)
    await store.due.set("msg_0", "queued", NOON)
    stranger = house.units.read("unknown1")
    await stranger.due.set("msg_1", "queued", NOON)
    telnyx = Telnyx()
    await turn(house, telnyx)
    assert await store.due.since("msg_0") is None
    assert await stranger.due.since("msg_1") == NOON + timedelta(minutes=1)
    assert telnyx.log == []


def test_slots_of_a_sender_follow_each_other_and_are_not_kept_for_ever() -> None:
    slots = Slots()
    found = [slots.after(("t", "+1", False), NOON, 10) for _ in range(3)]
    assert found == [NOON + timedelta(seconds=number / 10) for number in range(3)]
    assert slots.after(("t", "+2", False), NOON, 10) == NOON
    assert slots.after(("t", "+1", True), NOON, 10) == NOON
    later = NOON + timedelta(seconds=9)
    assert slots.after(("t", "+1", False), later, 10) == later
    for number in range(MOST_SLOTS):
        slots.after(("u", str(number), False), NOON, 10)
    assert slots.after(("t", "+1", False), NOON, 10) == NOON
