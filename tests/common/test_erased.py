"""Who is erased, and which events are passed over for it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.common import clock, erased
from libs.common.bus import Dispatch, Guard, Record
from libs.common.bus.guard import HEARD
from libs.common.erased import SKIPPED, Erased
from libs.common.events import (
    CallEnded,
    CallMatched,
    CallStarted,
    ConsentChanged,
    ErasureOrdered,
    Event,
    MessageMatched,
    MessageReceived,
    TenantSaved,
    enclose,
)
from libs.common.mongo import TenantScope, Work
from libs.common.tenants import Tenants
from tests.support.units import MemoryUnits

NOON = datetime(2026, 5, 19, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TENANT, PERSON = "agencyaaa", "code-of-a-person"


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON + MINUTE)


def guarded(subject: str = PERSON, until: datetime = NOON) -> Guard:
    known = Erased()
    known.put(TENANT, subject, until)
    return Guard(known)


def passed(guard: Guard, fact: Event, tenant: str = TENANT, at: datetime = NOON) -> bool:
    return guard.passes_over(enclose(fact, tenant, id="e", source="t", time=at))


def started(session: str = "s-1", subject: str | None = PERSON, at: datetime = NOON) -> CallStarted:
    told: dict[str, Any] = {"direction": "incoming", "party_kind": "number", "leg_id": "l"}
    return CallStarted(session_id=session, subject=subject, occurred_at=at, started_at=at, **told)


def ended(session: str = "s-1", at: datetime = NOON + MINUTE) -> CallEnded:
    told: dict[str, Any] = {"cause": "normal_clearing", "source": "caller", "leg_id": "l"}
    return CallEnded(session_id=session, occurred_at=at, ended_at=at, **told)


def text(at: datetime) -> MessageReceived:
    return MessageReceived(message_id="m", occurred_at=at, party_kind="number", subject=PERSON)


def test_what_happened_until_the_erasure_is_passed_over_and_nothing_later() -> None:
    guard = guarded()
    late = NOON + 5 * MINUTE  # when it was written down again says nothing
    assert passed(guard, text(NOON), at=late)
    assert passed(guard, text(NOON - MINUTE), at=late)
    assert not passed(guard, text(NOON + timedelta(milliseconds=1)), at=NOON)


def test_an_event_without_a_time_of_its_own_has_that_of_its_envelope() -> None:
    match = CallMatched(session_id="s-9", subject=PERSON, outcome="unknown")
    assert passed(guarded(), match, at=NOON)
    assert not passed(guarded(), match, at=NOON + MINUTE)


@pytest.mark.parametrize(
    "match",
    [
        CallMatched(session_id="s-9", subject=PERSON, outcome="matched"),
        MessageMatched(message_id="m-9", subject=PERSON, outcome="matched"),
    ],
)
def test_a_name_that_was_read_before_the_order_was_heard_is_passed_over(match: Event) -> None:
    """Else it lies in another store for ever, where it comes after that store has answered."""
    soon = NOON + timedelta(seconds=2)
    assert passed(guarded(), match, at=soon)
    assert passed(guarded(), match, at=NOON + timedelta(seconds=16))
    assert not passed(guarded(), match, at=NOON + timedelta(seconds=17))
    assert not passed(guarded("another"), match, at=soon)


def test_two_transactions_of_which_the_second_read_before_the_first_ended_fit_in() -> None:
    """As long as mongod lets one live: five seconds, and until it looks, every half of that."""
    one = timedelta(seconds=5 + 5 / 2)
    assert 2 * one < HEARD < 3 * one


def test_a_call_of_just_after_goes_on_without_its_match() -> None:
    guard, soon = guarded(), NOON + timedelta(seconds=2)
    assert not passed(guard, started(at=soon), at=soon)
    assert passed(guard, CallMatched(session_id="s-1", subject=PERSON, outcome="unknown"), at=soon)
    assert not passed(guard, ended(at=soon), at=soon)


def test_another_person_and_another_agency_are_not_meant() -> None:
    guard = guarded()
    assert not passed(guard, started(subject="another"))
    assert not passed(guard, started(subject=None))
    assert not passed(guard, started(), tenant="agencybbb")


def test_the_rest_of_a_call_is_passed_over_with_its_beginning() -> None:
    guard = guarded()
    assert not passed(guard, ended())
    assert passed(guard, started())
    assert passed(guard, ended())
    assert not passed(guard, ended("s-2"))
    assert not passed(guard, ended(), tenant="agencybbb")


def test_what_a_person_allows_and_the_orders_themselves_come_through() -> None:
    guard = guarded()
    assert not passed(guard, ConsentChanged(subject=PERSON, version=1, changed_at=NOON))
    assert not passed(guard, ErasureOrdered(request_id="r", subject=PERSON, at=NOON))


def test_an_order_holds_as_soon_as_it_is_seen() -> None:
    guard = Guard(Erased())
    assert not passed(guard, started())
    assert not passed(guard, ErasureOrdered(request_id="r", subject=PERSON, at=NOON))
    assert passed(guard, started())


def test_an_order_that_the_inbox_may_have_forgotten_is_not_obeyed_again() -> None:
    order = ErasureOrdered(request_id="r", subject=PERSON, at=NOON)
    assert passed(Guard(Erased()), order, at=NOON - timedelta(days=31))
    assert not passed(Guard(Erased()), order, at=NOON - timedelta(days=29))


def test_the_latest_erasure_counts() -> None:
    known = Erased()
    known.put(TENANT, PERSON, NOON)
    known.put(TENANT, PERSON, NOON - MINUTE)
    assert known.covers(TENANT, PERSON, NOON)


def test_old_erasures_are_forgotten_and_there_is_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erased, "MOST", 10)
    monkeypatch.setattr(erased, "_PRUNED", 5)
    known = Erased()
    known.put(TENANT, "old", NOON - timedelta(days=32))
    for number in range(50):
        known.put(TENANT, f"p-{number}", NOON + number * timedelta(seconds=1))
        assert len(known) <= 10
    assert not known.covers(TENANT, "old", NOON - timedelta(days=40))
    assert known.covers(TENANT, "p-49", NOON)


async def test_no_handler_sees_it_and_it_is_counted() -> None:
    seen: list[str] = []

    async def handle(call: CallStarted, _: TenantScope, __: Work) -> None:
        seen.append(call.session_id)

    tenants = Tenants()
    tenants.put(
        TenantSaved(tenant=TENANT, version=1, name="A", profile="p", region="US", language="en")
    )
    units: MemoryUnits[TenantScope] = MemoryUnits(lambda scope: scope)
    dispatch: Dispatch[TenantScope] = Dispatch(((CallStarted, handle),), units, tenants, guarded())
    before = SKIPPED.labels("call.started")._value.get()
    for call in (started(), started("s-2", at=NOON + MINUTE)):
        event = enclose(call, TENANT, id=call.session_id, source="t", time=NOON)
        await dispatch.take(Record("calls.v1", 0, 0, event.key, event.to_json()))
    assert seen == ["s-2"]
    assert SKIPPED.labels("call.started")._value.get() == before + 1
