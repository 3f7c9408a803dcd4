"""Time in: what nobody has heard of is looked for, and never sent again by itself."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import httpx
import pytest
from pymongo.errors import AutoReconnect

from libs.common.events import (
    MessageStatus,
    SmsDelivered,
    SmsFailed,
    SmsSent,
    SmsUnconfirmed,
    TenantClosed,
    TenantSaved,
)
from services.messaging.clients import Letter, Provider
from services.messaging.domain.doubt import silent
from services.messaging.domain.message import Message
from services.messaging.domain.outcome import Answer
from services.messaging.domain.reported import Particulars
from services.messaging.jobs import Reconciling, Sending
from services.messaging.jobs.reconciling import Doubt, Learn, Obey
from services.messaging.jobs.settling import Settle
from services.messaging.store import Due, Store
from tests.messaging.given import NOON, Time, beat, kept, receipt, send, wrote
from tests.messaging.provider import Telnyx, accepted, held_up, shown, turn
from tests.support.http import Harness
from tests.support.operators import Operator

in_memory = pytest.mark.parametrize("house", ["memory"], indirect=True)


class Killed(BaseException):
    """The process dies here."""


async def look(house: Harness[Store], telnyx: Telnyx) -> None:
    await Reconciling(cast(Any, house), telnyx.provider()).round()


async def sought(house: Harness[Store], telnyx: Telnyx, time: Time) -> None:
    """It is looked for once a minute, for twenty minutes: longer than until people are asked."""
    for _ in range(20):
        time.pass_(60)
        await look(house, telnyx)


async def lost(house: Harness[Store], agency: TenantSaved, telnyx: Telnyx) -> str:
    """A message whose answer was lost."""
    telnyx.answers.append(httpx.ReadTimeout("no"))
    message_id = await send(house, agency)
    await turn(house, telnyx)
    assert (await kept(house, agency, message_id)).state == "unknown"
    return message_id


async def test_a_crash_between_claim_and_answer_is_unknown_and_never_a_second_request(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx(Killed())
    message_id = await send(house, agency)
    with pytest.raises(BaseExceptionGroup):
        await turn(house, telnyx)
    assert (await kept(house, agency, message_id)).state == "sending"
    time.pass_(29)
    await look(house, telnyx)
    await turn(house, telnyx)
    assert (await kept(house, agency, message_id)).state == "sending"
    time.pass_(1)
    await look(house, telnyx)
    assert (await kept(house, agency, message_id)).state == "unknown"
    for _ in range(40):
        time.pass_(60)
        await turn(house, telnyx)
        await look(house, telnyx)
    message = await kept(house, agency, message_id)
    assert (message.state, message.attempt) == ("needs_review", 1)
    assert len(telnyx.log) == 1
    assert [one.reason for one in house.units.of(SmsUnconfirmed)] == ["no_answer"]


async def test_the_providers_log_of_webhooks_is_evidence(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx()
    message_id = await lost(house, agency, telnyx)
    telnyx.delivered("another", "sent", "p-9")
    (ref,) = telnyx.refs()
    await look(house, telnyx)
    assert telnyx.looks == []  # too early
    time.pass_(5)
    await look(house, telnyx)
    (url,) = telnyx.looks
    assert url.params["filter[webhook][contains]"] == ref
    assert url.params["filter[started_at][gte]"] == "2026-06-01T15:50:00.000Z"
    assert (await kept(house, agency, message_id)).state == "unknown"
    telnyx.delivered(ref, "sent")
    time.pass_(1)
    telnyx.delivered(ref, "delivered")
    time.pass_(5)
    await look(house, telnyx)
    message = await kept(house, agency, message_id)
    assert (message.state, message.provider_id, message.code) == ("delivered", "p-1", None)
    assert (message.cost, message.final_at) == ("0.0140", NOON.replace(second=6))
    assert [len(house.units.of(kind)) for kind in (SmsSent, SmsDelivered)] == [1, 1]
    assert len(telnyx.log) == 1


@in_memory
async def test_without_evidence_it_is_sought_less_and_less_often_and_then_by_people(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx()
    telnyx.away = True
    message_id = await lost(house, agency, telnyx)
    for _ in range(15 * 60):
        time.pass_(1)
        await look(house, telnyx)
    assert 15 < len(telnyx.looks) < 25
    assert (await kept(house, agency, message_id)).state == "needs_review"
    (told,) = house.units.of(SmsUnconfirmed)
    assert (told.reason, told.occurred_at) == ("no_answer", NOON + timedelta(minutes=15))
    time.pass_(3600)
    await look(house, telnyx)
    assert len(house.units.of(SmsUnconfirmed)) == 1


@in_memory
async def test_a_receipt_still_settles_what_people_were_to_review(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx()
    message_id = await lost(house, agency, telnyx)
    await sought(house, telnyx, time)
    await house.take(receipt("delivered", reference=telnyx.refs()[0]), agency)
    assert (await kept(house, agency, message_id)).state == "delivered"
    assert await house.units.read("platform").due.reviews(None, 10) == []


@in_memory
async def test_a_late_answer_cannot_overwrite_a_later_attempt(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    """Attempt 1 was not taken; its answer comes once more while attempt 2 is under way."""
    telnyx = Telnyx(httpx.ConnectError("no"))
    message_id = await send(house, agency)
    await turn(house, telnyx)
    (first,) = telnyx.refs()
    time.pass_(5)
    held = Held(Answer(200, (), "p-2"))
    async with asyncio.TaskGroup() as tasks:
        await Sending(cast(Any, house), cast(Any, held)).round(tasks)
        await held.asked.wait()
        late = Held(Answer(400, ("40310",)), ref=first)
        late.release.set()
        await settle(house, agency, message_id, late)
        assert (await kept(house, agency, message_id)).state == "sending"
        held.release.set()
    message = await kept(house, agency, message_id)
    assert (message.state, message.provider_id, message.attempt) == ("accepted", "p-2", 2)
    assert house.units.of(SmsFailed) == []


@in_memory
@pytest.mark.parametrize(
    ("answer", "expected"),
    [(Answer(200, (), "p-1"), "accepted"), (Answer(400, ("40310",)), "unknown")],
)
async def test_an_answer_after_the_lease_counts_only_where_the_provider_has_it(
    house: Harness[Store], agency: TenantSaved, time: Time, answer: Answer, expected: str
) -> None:
    message_id = await send(house, agency)
    held = Held(answer)
    async with asyncio.TaskGroup() as tasks:
        await Sending(cast(Any, house), cast(Any, held)).round(tasks)
        await held.asked.wait()
        time.pass_(30)
        await look(house, Telnyx())
        assert (await kept(house, agency, message_id)).state == "unknown"
        held.release.set()
    assert (await kept(house, agency, message_id)).state == expected


@in_memory
async def test_what_was_claimed_before_the_process_was_frozen_is_not_posted_after_it(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    """Its lease has ended and the person has written STOP when the process goes on."""
    telnyx = Telnyx()
    message_id = await send(house, agency)

    async def frozen() -> None:
        await house.take(wrote(house, agency, "STOP", keyword="stop"), agency)
        time.pass_(20 * 60)
        await look(house, telnyx)

    await turn(house, held_up(telnyx, frozen))
    assert telnyx.log == []
    assert (await kept(house, agency, message_id)).state == "unknown"


@in_memory
async def test_what_was_not_posted_in_time_is_claimed_again(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx()
    message_id = await send(house, agency)

    async def slow() -> None:
        time.pass_(11)

    await turn(house, held_up(telnyx, slow))
    message = await kept(house, agency, message_id)
    assert (message.state, message.code) == ("queued", "attempt_delayed")
    time.pass_(5)
    await turn(house, telnyx)
    assert (await kept(house, agency, message_id)).state == "accepted"
    assert len(telnyx.log) == 1


@in_memory
async def test_what_was_sent_and_never_heard_of_is_unconfirmed(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx(accepted("p-1"), accepted("p-2"), accepted("p-3"))
    ids = [await send(house, agency) for _ in range(3)]
    await turn(house, telnyx)
    telnyx.messages["p-1"] = shown("p-1", "delivered")
    telnyx.messages["p-2"] = shown("p-2", "sent")
    time.pass_(2 * 3600 - 1)
    await look(house, telnyx)
    assert telnyx.looks == []
    for _ in range(3):
        time.pass_(1)
        await look(house, telnyx)
    found = {(one := await kept(house, agency, each)).provider_id: one for each in ids}
    states = [found[f"p-{number}"].state for number in (1, 2, 3)]
    assert states == ["delivered", "unconfirmed", "unconfirmed"]
    assert [one.reason for one in house.units.of(SmsUnconfirmed)] == ["no_receipt"] * 2
    assert len(telnyx.log) == 3
    late = receipt("delivered", "p-3")
    await house.take(late, agency)
    assert (await kept(house, agency, found["p-3"].id)).state == "delivered"


async def test_an_operators_word_settles_it(
    house: Harness[Store], agency: TenantSaved, time: Time, operator: Operator
) -> None:
    telnyx = Telnyx()
    ids = [await lost(house, agency, telnyx) for _ in range(3)]
    await sought(house, telnyx, time)
    client = operator("reviews:read", "reviews:write")
    listed = await reviews(client, agency)
    assert {one["message_id"] for one in listed} == set(ids)
    assert {one["state"] for one in listed} == {"needs_review"}
    for message_id, outcome in zip(ids, ("sent", "not_sent"), strict=False):
        path = f"/operator/v1/reviews/{agency.tenant}/{message_id}:settle"
        said = {"outcome": outcome, "reason": "The provider's log says so."}
        answer = await client.post(path, json=said)
        assert (answer.status_code, answer.json()["state"]) == (202, "settled")
        assert (await client.post(path, json=said)).status_code == 404
    await house.take(receipt("delivered", reference=telnyx.refs()[2]), agency)
    await look(house, telnyx)
    states = [(await kept(house, agency, one)).state for one in ids]
    assert states == ["unconfirmed", "failed", "delivered"]
    settled = await kept(house, agency, ids[1])
    assert (settled.settled_by, settled.settled_for) == ("op_1", "The provider's log says so.")
    assert [(one.code, one.message_id) for one in house.units.of(SmsFailed)] == [
        ("not_sent", ids[1])
    ]
    assert await reviews(client, agency) == []
    assert len(telnyx.log) == 3


@in_memory
async def test_the_job_goes_on_after_a_failure_and_ends_with_the_service(
    house: Harness[Store], agency: TenantSaved, monkeypatch: pytest.MonkeyPatch
) -> None:
    await beat(house)
    reconciling, stopping = Reconciling(cast(Any, house), Telnyx().provider()), asyncio.Event()
    rounds = 0

    async def failing() -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 2:
            stopping.set()
        raise ConnectionError

    monkeypatch.setattr(reconciling, "round", failing)
    monkeypatch.setattr("services.messaging.jobs.reconciling.POLL_SECONDS", 0)
    await reconciling.run(stopping)
    assert rounds == 2


async def reviews(client: httpx.AsyncClient, agency: TenantSaved) -> list[dict[str, Any]]:
    """Those of this agency: other tests leave their own."""
    listed = (await client.get("/operator/v1/reviews", params={"limit": 200})).json()["data"]
    return [one for one in listed if one["tenant"] == agency.tenant]


class Held:
    """A provider that answers when it is let."""

    def __init__(self, answer: Answer, ref: str = "") -> None:
        self.answer, self.ref = answer, ref
        self.asked, self.release = asyncio.Event(), asyncio.Event()

    async def send(self, letter: Letter) -> tuple[Answer, Particulars]:
        self.asked.set()
        await self.release.wait()
        return self.answer, Particulars()


async def settle(house: Harness[Store], agency: TenantSaved, message_id: str, late: Held) -> None:
    letter = Letter(late.ref, "+1", "+1", "", None, NOON)
    answer, told = await late.send(letter)
    assert await house.units.write(agency, Settle(message_id, letter, answer, told).run) == "late"


@in_memory
async def test_one_that_cannot_be_looked_at_holds_up_nobody(
    house: Harness[Store], agency: TenantSaved, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    telnyx = Telnyx()
    message_id = await lost(house, agency, telnyx)
    telnyx.delivered(telnyx.refs()[0], "sent")
    store, platform = house.store(agency), house.units.read("platform")
    await store.due.set("msg_0", "unknown", NOON)
    await house.units.read("unknown1").due.set("msg_1", "unknown", NOON)
    gone = await house.open()
    await house.store(gone).due.set("msg_2", "unknown", NOON)
    house.tenants.put(TenantClosed(tenant=gone.tenant))
    broken = await lost(house, agency, telnyx)
    receipts = Provider.receipts

    async def failing(self: Provider, ref: str, since: datetime) -> list[MessageStatus]:
        if ref == telnyx.refs()[1]:
            raise ValueError("strange")
        return await receipts(self, ref, since)

    monkeypatch.setattr(Provider, "receipts", failing)
    time.pass_(5)
    await look(house, telnyx)
    assert (await kept(house, agency, message_id)).state == "sent"
    assert (await kept(house, agency, broken)).state == "unknown"
    left = {one.message: one.at for one in await platform.due.in_doubt(time.now, 10)}
    assert set(left) == {"msg_1"}
    later = {one.message: one.at for one in await platform.due.in_doubt(NOON.replace(hour=17), 10)}
    assert later[broken] == time.now + timedelta(seconds=5)  # sought as if nothing was found


@pytest.mark.parametrize("broken", ["receipts", "Learn"])
@in_memory
async def test_what_can_never_be_looked_up_comes_before_people_in_its_time(
    house: Harness[Store],
    agency: TenantSaved,
    time: Time,
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
) -> None:
    telnyx = Telnyx()
    message_id = await lost(house, agency, telnyx)
    telnyx.delivered(telnyx.refs()[0], "sent")

    async def failing(*_: object) -> None:
        raise ValueError("strange")

    owner, name = (Provider, "receipts") if broken == "receipts" else (Learn, "run")
    monkeypatch.setattr(owner, name, failing)
    await sought(house, telnyx, time)
    assert (await kept(house, agency, message_id)).state == "needs_review"


@in_memory
async def test_while_the_store_is_away_nobody_is_said_to_be_silent(
    house: Harness[Store], agency: TenantSaved, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    telnyx = Telnyx()
    message_id = await lost(house, agency, telnyx)
    telnyx.delivered(telnyx.refs()[0], "sent")

    async def away(*_: object) -> None:
        raise AutoReconnect("away")

    with monkeypatch.context() as patched:
        patched.setattr(Learn, "run", away)
        time.pass_(16 * 60)
        await look(house, telnyx)
    assert (await kept(house, agency, message_id)).state == "unknown"
    time.pass_(60)
    await look(house, telnyx)
    assert (await kept(house, agency, message_id)).state == "sent"


@in_memory
async def test_what_has_moved_on_since_it_was_looked_at_is_left_alone(
    house: Harness[Store], agency: TenantSaved, time: Time
) -> None:
    telnyx = Telnyx()
    message_id = await lost(house, agency, telnyx)
    seen = await kept(house, agency, message_id)
    await house.take(receipt("sent", reference=telnyx.refs()[0]), agency)
    await house.units.write(agency, Doubt(seen).run)
    assert (await kept(house, agency, message_id)).state == "sent"
    due = Due(agency.tenant, message_id, "settled", NOON)
    await house.units.write(agency, Obey(due).run)
    assert (await kept(house, agency, message_id)).state == "sent"
    assert silent(seen_as(seen, "queued"), NOON) is None
    leased = replace(seen_as(seen, "sending"), lease_until=NOON + timedelta(seconds=1))
    assert silent(leased, NOON) is None


def seen_as(message: Message, state: str) -> Message:
    return replace(message, state=state)
