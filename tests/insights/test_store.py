"""The store: the same over documents in memory and over the real server."""

from datetime import timedelta
from typing import Any

import pytest

from libs.common.events import InsightProduced, TenantSaved
from libs.common.events.insights import Score
from services.insights.domain.outcome import Outcome
from services.insights.domain.record import CallRecord
from services.insights.store import Store, calls
from tests.insights.given import (
    NOON,
    SUBJECT,
    answered,
    at,
    consent,
    costed,
    ended,
    matched,
    merged,
    started,
    withheld_start,
)
from tests.support.http import Harness


@pytest.fixture
async def tenant(house: Harness[Store]) -> TenantSaved:
    return await house.open()


@pytest.fixture
def store(house: Harness[Store], tenant: TenantSaved) -> Store:
    return house.store(tenant)


def call(name: str, seconds: float = 0, **fields: Any) -> CallRecord:
    """A call that rings from `NOON` + `seconds` on."""
    ring = started(seconds=seconds, **fields)
    return merged(ring.model_copy(update={"session_id": name}))


def over(record: CallRecord) -> CallRecord:
    changes = {"session_id": record.session_id, "started_at": None}
    fact = ended().model_copy(update=changes)
    return record.with_leg(fact, lambda leg: leg.with_ended(fact))


def card(name: str, seconds: float = 0, version: int = 1, points: float = 10) -> InsightProduced:
    score = Score(points=points, band="low", base=10, contributions=())
    return InsightProduced(
        insight_id=f"card-{name}",
        session_id=name,
        version=version,
        model="test@1",
        as_of=at(seconds),
        risk=score,
        retention=score,
        lines=(),
        inputs=(name,),
    )


RECORDS = {
    "a ring": merged(started()),
    "a whole call": merged(
        started(), answered(), ended(), costed(), matched(renewal_on="2026-06-01")
    ),
    "an end before its start": merged(ended()),
    "an answer without a time": merged(answered(begun=None)),
    "a match before its call": merged(matched("ambiguous")),
    "a cost alone": merged(costed(currency=None, billed_seconds=None)),
    "a hidden number": merged(withheld_start(), matched("withheld")),
    "an outgoing call": merged(started(direction="outgoing", line=None, connection_id=None)),
    "two legs": merged(started("a"), started("b", 1), ended("b"), ended("a")),
}


@pytest.mark.parametrize("name", RECORDS)
async def test_a_record_comes_back_as_it_was_kept(store: Store, name: str) -> None:
    for _ in range(2):
        await store.calls.keep(RECORDS[name])
    assert await store.calls.get("call-1") == RECORDS[name]


async def test_an_unknown_call_has_no_record(store: Store) -> None:
    assert await store.calls.get("call-9") is None


async def test_earlier_calls_are_the_same_callers_incoming_ones_within_reach(store: Store) -> None:
    day = 24 * 3600
    for name, seconds, fields in (
        ("just before", -1, {}),
        ("at the edge", -90 * day, {}),
        ("too long ago", -90 * day - 1, {}),
        ("at the same time", 0, {}),
        ("later", 1, {}),
        ("outgoing", -5, {"direction": "outgoing"}),
        ("somebody else", -5, {"subject": "s2-other"}),
        ("hidden", -5, {"party": None, "party_kind": "withheld", "subject": None}),
    ):
        await store.calls.keep(call(name, seconds, **fields))
    found = await store.calls.earlier(call("this", 0))
    assert {one.session_id for one in found} == {"just before", "at the edge"}


async def test_an_earlier_call_shows_how_it_went(store: Store) -> None:
    await store.calls.keep(over(call("before", -60)))
    found = await store.calls.earlier(call("this"))
    assert [(one.started_at, one.outcome) for one in found] == [(at(-60), Outcome.MISSED)]


async def test_who_hides_the_number_has_no_earlier_calls(store: Store) -> None:
    await store.calls.keep(call("before", -60, subject=None))
    assert await store.calls.earlier(merged(withheld_start())) == []
    assert await store.calls.earlier(merged(matched())) == []  # no start yet


async def test_of_very_many_earlier_calls_the_latest_count(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "MOST_EARLIER", 3)
    for number in range(1, 6):
        await store.calls.keep(call(f"c{number}", -number))
    found = await store.calls.earlier(call("this"))
    assert [one.session_id for one in found] == ["c1", "c2", "c3"]


async def test_a_card_is_found_by_its_id(store: Store) -> None:
    await store.calls.keep(call("call-1").with_card(card("call-1")))
    await store.calls.keep(call("call-2"))
    assert await store.cards.get("card-call-1") == card("call-1")
    assert await store.cards.get("card-call-2") is None
    assert await store.calls.get("call-1") == call("call-1").with_card(card("call-1"))


async def test_lists_of_calls_come_without_their_cards(store: Store) -> None:
    await store.calls.keep(call("call-1", -60).with_card(card("call-1")))
    assert [one.card for one in await store.calls.page(None, 10, False)] == [None]
    assert len(await store.calls.earlier(call("this"))) == 1


async def test_calls_are_the_latest_first_in_pages_that_miss_and_repeat_nothing(
    store: Store,
) -> None:
    for number in range(20):  # several within one millisecond
        await store.calls.keep(call(f"c{number:02d}", number // 4 + number / 1_000_000))
    found: list[str] = []
    place = None
    while records := await store.calls.page(place, 3, False):
        found += [record.session_id for record in records]
        last = records[-1]
        assert last.started_at is not None
        place = (last.started_at, last.session_id)
    assert found == [f"c{number:02d}" for number in reversed(range(20))]


async def test_only_open_calls_are_those_that_are_not_over(store: Store) -> None:
    await store.calls.keep(call("rings", 1))
    await store.calls.keep(over(call("over", 2)))
    await store.calls.keep(merged(matched()))  # its call is not here yet
    assert [one.session_id for one in await store.calls.page(None, 10, True)] == ["rings"]
    assert [one.session_id for one in await store.calls.page(None, 10, False)] == ["over", "rings"]
    place = (at(1), "rings")
    assert await store.calls.page(place, 10, True) == []


async def test_cards_are_the_latest_first_in_pages(store: Store) -> None:
    for number in range(7):
        await store.calls.keep(call(f"c{number}").with_card(card(f"c{number}", number // 2)))
    await store.calls.keep(call("without"))
    first = await store.cards.page(None, 4)
    rest = await store.cards.page((first[-1].as_of, first[-1].session_id), 4)
    names = [one.session_id for one in [*first, *rest]]
    assert names == [f"c{number}" for number in reversed(range(7))]
    assert [one.session_id for one in await store.cards.page(None, 4, "c3")] == ["c3"]
    assert await store.cards.page(None, 4, "without") == []


async def test_the_last_word_of_each_person_counts(
    house: Harness[Store], tenant: TenantSaved, store: Store
) -> None:
    for user, verdict, minutes in (
        ("ada", "helpful", 0),
        ("bob", "helpful", 1),
        ("ada", "wrong_person", 2),
    ):
        await store.feedback.judge("card-1", user, verdict, NOON + timedelta(minutes=minutes))
    rows = await house.mongo.scope(tenant.tenant).collection("feedback").list({}, sort=[("_id", 1)])
    assert [(row["insight"], row["user"], row["verdict"]) for row in rows] == [
        ("card-1", "ada", "wrong_person"),
        ("card-1", "bob", "helpful"),
    ]
    assert rows[0]["at"] == NOON + timedelta(minutes=2)


async def test_of_what_a_person_says_the_highest_version_counts(
    house: Harness[Store], tenant: TenantSaved, store: Store
) -> None:
    assert not await store.objections.stands(SUBJECT)
    for version, objected in ((2, True), (1, False), (2, False), (2, True)):
        await store.objections.note(consent(version, objected=objected))
        assert await store.objections.stands(SUBJECT)
    rows = house.mongo.scope(tenant.tenant).collection("objections")
    assert await rows.list({}) == [
        {"_id": SUBJECT, "version": 2, "objected": True, "at": consent(2).changed_at}
    ]
    await store.objections.note(consent(3, objected=False))
    assert not await store.objections.stands(SUBJECT)


async def test_who_objects_is_one_person_of_one_tenant(house: Harness[Store], store: Store) -> None:
    await store.objections.note(consent(objected=True))
    assert not await store.objections.stands("s2-other")
    assert not await store.objections.stands(None)
    assert not await house.store(await house.open()).objections.stands(SUBJECT)


async def test_a_tenant_sees_nothing_of_another(house: Harness[Store], store: Store) -> None:
    other = house.store(await house.open())
    await store.calls.keep(call("call-1", -60).with_card(card("call-1")))
    assert await other.calls.get("call-1") is None
    assert await other.cards.get("card-call-1") is None
    assert await other.calls.page(None, 10, False) == []
    assert await other.cards.page(None, 10) == []
    assert await other.calls.earlier(call("this")) == []
