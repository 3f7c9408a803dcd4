"""The store: the same over documents in memory and over the real server."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from libs.common.events import Permission, TenantSaved
from libs.common.mongo import Work
from services.messaging.domain.copy import Copy
from services.messaging.domain.message import Message
from services.messaging.domain.steps import Step
from services.messaging.store import Store
from services.messaging.store.messages import PARTY_FIELD
from tests.messaging.given import DAN, LINE, NOON, agency_facts, receipt
from tests.support.http import Harness

in_memory = pytest.mark.parametrize("house", ["memory"], indirect=True)


@pytest.fixture
def store(house: Harness[Store], agency: TenantSaved) -> Store:
    return house.store(agency)


def whole(store: Store, name: str = "msg_1", **said: object) -> Message:
    """A message with every field."""
    made = Message(
        id=name,
        direction="out",
        state="unknown",
        subject="s-1",
        party=store.messages.seal(DAN),
        created_at=NOON,
        text=store.messages.seal_text("Hello"),
        message_class="service",
        purpose="service",
        line=LINE,
        encoding="GSM-7",
        units=5,
        parts=1,
        send_at=NOON,
        requested_by="usr_1",
        fingerprint="f",
        ref="ref-1",
        attempt=1,
        first_at=NOON,
        lease_until=NOON,
        doubt_at=NOON,
        provider_id="p-1",
        code="c",
        provider_code="40300",
        sentence="s",
        cost="0.1",
        currency="USD",
        sent_at=NOON,
        final_at=NOON,
        valid_until=NOON,
        keyword="none",
        settled_by="op_1",
        settled_for="r",
        traceparent="00-1-2-01",
    )
    return replace(made, **said)  # type: ignore[arg-type]


async def test_a_message_comes_back_as_it_was_kept(
    house: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    bare = Message(
        id="msg_2", direction="in", state="received", subject="s-1", party=b"x", created_at=NOON
    )
    for message in (whole(store), bare):
        await store.messages.add(message)
        assert await store.messages.get(message.id) == message
    kept = await store.messages.get("msg_1")
    assert kept is not None
    assert (store.messages.number(kept), store.messages.text(kept)) == (DAN, "Hello")
    assert store.messages.text(bare) is None
    sealed = house.keys.unseal(agency.tenant, PARTY_FIELD, kept.party)
    assert sealed == DAN.encode()


async def test_a_change_needs_the_state_and_the_attempt_that_were_read(store: Store) -> None:
    message = whole(store)
    await store.messages.add(message)
    assert not await store.messages.change(replace(message, ref="ref-2"), {"state": "sent"})
    assert not await store.messages.change(replace(message, state="sending"), {"state": "sent"})
    assert await store.messages.change(message, {"state": "sent"})
    assert not await store.messages.change(message, {"state": "failed"})


async def test_a_step_that_comes_too_late_leaves_no_trace(
    house: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    message = whole(store)
    await store.messages.add(message)

    async def late(inner: Store, work: Work) -> bool:
        return await inner.follow(replace(message, ref="old"), Step({"state": "sent"}, NOON), work)

    assert not await house.units.write(agency, late)
    due = await store.due.in_doubt(NOON, 100_000)
    assert [one for one in due if one.tenant == agency.tenant] == []


async def test_a_receipt_finds_its_message_by_attempt_then_by_the_providers_id(
    store: Store,
) -> None:
    first, second = whole(store), whole(store, "msg_2", ref="ref-2", provider_id="p-2")
    for message in (first, second):
        await store.messages.add(message)
    reported = store.messages.reported
    assert await reported(receipt("sent", "p-1", reference="ref-2")) == second
    assert await reported(receipt("sent", "p-1", reference="ref-9")) == first
    assert await reported(receipt("sent", "p-2")) == second
    assert await reported(receipt("sent", "p-9")) is None


async def test_early_receipts_are_taken_once_and_in_their_order(store: Store) -> None:
    later = receipt("delivered", occurred_at=NOON + timedelta(seconds=1), errors=("1",))
    for said in (later, receipt("sent"), receipt("sent"), receipt("sent", "p-2")):
        await store.early.keep(said, NOON)
    assert await store.early.take("p-1") == [receipt("sent"), later]
    assert await store.early.take("p-1") == []


async def test_consent_comes_back_as_it_was_kept_and_a_touch_leaves_it(store: Store) -> None:
    given = Permission(
        purpose="marketing", channel="sms", state="granted", since=NOON, means="web", record_id="r"
    )
    copy = Copy(
        subject="s-1",
        version=3,
        permissions=(given,),
        suppressed=True,
        suspected=True,
        objected=True,
        restricted=True,
        changed_at=NOON,
        stopped_at=NOON,
        started_at=NOON,
        suppressed_since=NOON,
    )
    await store.consents.touch("s-1", NOON)
    assert await store.consents.get("s-1") == Copy(subject="s-1")
    await store.consents.keep(copy)
    await store.consents.touch("s-1", NOON)
    assert await store.consents.get("s-1") == copy
    await store.consents.keep(Copy(subject="s-2"))
    assert await store.consents.stopped(["s-1", "s-2", "s-3"]) == {"s-1"}


async def test_a_senders_pace_and_rest_outlast_its_registration(store: Store) -> None:
    senders = store.senders
    assert (await senders.pace(LINE)).tokens is None
    await senders.spend(LINE, 3, NOON)
    await senders.hold(LINE, NOON)
    await senders.hold(LINE, NOON - timedelta(seconds=1))
    pace = await senders.pace(LINE)
    assert (pace.tokens, pace.at, pace.held_until) == (3.0, NOON, NOON)
    await senders.register("SHOP", {"authority": "a", "reference": "r", "registered_at": NOON})
    await senders.spend("SHOP", 2.5, NOON)
    assert [name for name, _ in await senders.page(None, 10)] == ["SHOP"]
    assert await senders.strike("SHOP")
    assert await senders.registration("SHOP") is None
    assert (await senders.pace("SHOP")).tokens == 2.5


async def test_what_is_due_is_found_in_its_order(house: Harness[Store], store: Store) -> None:
    other = house.store(await house.open(**agency_facts()))
    for name, seconds in (("c", 2), ("a", 0), ("b", 1), ("d", 9)):
        await (other if name == "b" else store).due.set(
            name, "queued", NOON - timedelta(days=9) + timedelta(seconds=seconds)
        )
    await store.due.set("x", "sending", NOON - timedelta(days=9))
    found = await store.due.queued(NOON - timedelta(days=9) + timedelta(seconds=2), 10)
    assert [one.message for one in found] == ["a", "b", "c"]
    await store.due.postpone(found[0], NOON + timedelta(days=9))
    assert await store.due.since("a") == NOON + timedelta(days=9)
    await store.due.postpone(found[0], NOON)  # it is not what it was
    assert await store.due.since("a") == NOON + timedelta(days=9)
    await store.due.forget(found[1])
    await store.due.set("c", "queued", None)
    assert await store.due.queued(NOON - timedelta(days=9) + timedelta(seconds=2), 10) == []
    assert await store.due.since("x") is None


async def test_what_is_due_is_put_off_together_where_it_is_as_it_was(store: Store) -> None:
    start, minute = NOON - timedelta(days=40), timedelta(minutes=1)
    for name in ("a", "b", "c"):
        await store.due.set(name, "queued", start, urgent=name == "a", sender=f"s-{name}")
    seen = await store.due.queued(start, 10)
    assert [(one.message, one.sender, one.urgent) for one in seen] == [
        ("a", "s-a", True),
        ("b", "s-b", False),
        ("c", "s-c", False),
    ]
    await store.due.set("b", "sending", start)
    await store.due.postpone_all([])
    await store.due.postpone_all([(one, start + n * minute) for n, one in enumerate(seen, 1)])
    assert [await store.due.since(name) for name in ("a", "c")] == [
        start + minute,
        start + 3 * minute,
    ]
    (sending,) = await store.due.in_doubt(start, 10)
    assert (sending.message, sending.at) == ("b", start)
    for name in ("a", "b", "c"):
        await store.due.set(name, "queued", None)


async def test_what_somebody_waits_for_is_found_first(
    house: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    start = NOON - timedelta(days=20)
    for number, name in enumerate(("bulk 1", "bulk 2", "code 1", "code 2")):
        at = start + timedelta(seconds=number)
        await store.due.set(name, "queued", at, urgent=name.startswith("code"))
    await store.due.set("code 3", "queued", start + timedelta(seconds=9), urgent=True)
    now = start + timedelta(seconds=5)

    async def found(limit: int) -> list[str]:
        return [one.message for one in await store.due.queued(now, limit)]

    assert await found(10) == ["code 1", "code 2", "bulk 1", "bulk 2"]
    assert await found(3) == ["code 1", "code 2", "bulk 1"]
    assert await found(1) == ["code 1"]
    for name in ("bulk 1", "bulk 2", "code 1", "code 2", "code 3"):
        await store.due.set(name, "queued", None)


async def test_a_claim_and_a_stop_at_one_moment_run_one_after_the_other(
    house: Harness[Store], agency: TenantSaved
) -> None:
    """Each reads, then writes what the other has read: one of them sees what the other did."""
    seen: list[str] = []

    async def claim(store: Store, work: Work) -> None:
        stopped = (await store.consents.get("s-1")).stopped
        await asyncio.sleep(0)
        await store.consents.touch("s-1", work.now)
        seen.append("stopped" if stopped else "claimed")

    async def stop(store: Store, work: Work) -> None:
        copy = await store.consents.get("s-1")
        await asyncio.sleep(0)
        await store.consents.keep(copy.with_stop(work.now))

    await asyncio.gather(*(house.units.write(agency, body) for body in (claim, stop, claim, claim)))
    await house.units.write(agency, claim)
    assert seen[-1] == "stopped"
    assert (await house.store(agency).consents.get("s-1")).stopped


@in_memory
async def test_consent_was_heard_of_when_its_slowest_lane_was(store: Store) -> None:
    heard, second = store.heard, timedelta(seconds=1)
    assert await heard.last() is None
    await heard.note(NOON)
    assert await heard.last() == NOON
    await heard.note(NOON + 9 * second, 1)
    await heard.note(NOON + 5 * second, 11)
    assert await heard.last() == NOON
    await heard.note(NOON + 15 * second, 0)
    assert await heard.last() == NOON + 5 * second
    for lane in (0, 1):  # lane 11 says nothing any more
        await heard.note(NOON + timedelta(days=1, seconds=5), lane)
    assert await heard.last() == NOON + 5 * second
    await heard.note(NOON + timedelta(days=1, seconds=6), 1)
    assert await heard.last() == NOON + timedelta(days=1, seconds=5)


async def test_a_tenant_sees_nothing_of_another(house: Harness[Store], store: Store) -> None:
    other = house.store(await house.open(**agency_facts()))
    await store.messages.add(whole(store))
    await store.conversations.wrote(whole(store))
    assert await other.messages.get("msg_1") is None
    assert await other.messages.sent(None, 10, None) == []
    assert await other.messages.thread("s-1", None, 10) == []
    assert await other.conversations.get("s-1") is None
    assert await other.messages.reported(receipt("sent", "p-1", reference="ref-1")) is None
