"""A customer's record is removed at matcher: no call names them any more, whatever comes first."""

from datetime import datetime, timedelta

import pytest

from libs.common import clock
from libs.common.events import (
    CallMatched,
    Candidate,
    CustomerRemoved,
    InsightProduced,
    Reason,
    TenantSaved,
)
from libs.common.mongo import Document
from services.insights.store import Store
from services.insights.store import calls as calls_module
from tests.insights.given import SUBJECT, at, consent, ended, matched, started
from tests.insights.test_erasure import about, rows
from tests.support.http import Harness

SHARED = Reason(code="shared", sentence="2 people share this number.")
EXACT = Reason(code="exact", sentence="The number is exactly the one on file.")
GONE = Candidate(
    customer_id="c-gone",
    name="Peregrina Saltmarsh",
    confidence=0.8,
    reasons=(EXACT, SHARED),
    status="lapsed",
    renewal_on=at(86_400 * 9).date(),
)
LEFT = Candidate(customer_id="c-left", name="Ada Example", confidence=0.6, reasons=(EXACT, SHARED))
TRACES = ["Peregrina", "c-gone", "lapsed", "2026-05-28", "9 days"]
MATCHED = at(1)
REMOVED = CustomerRemoved(customer_id="c-gone", removed_at=at(20))


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a minute after it began to ring."""
    monkeypatch.setattr(clock, "now", lambda: at(30))


@pytest.fixture
async def tenant(house: Harness[Store]) -> TenantSaved:
    return await house.open()


def answer(
    *candidates: Candidate, outcome: str = "matched", drawn: datetime | None = MATCHED
) -> CallMatched:
    return CallMatched(
        session_id="call-1",
        subject=SUBJECT,
        outcome=outcome,
        candidates=candidates,
        shared_by=len(candidates),
        matched_at=drawn,
    )


async def call_of(house: Harness[Store], tenant: TenantSaved) -> Document:
    (row,) = await rows(house, tenant, "calls")
    return row


def told_of(row: object) -> list[str]:
    return [word for word in TRACES if word in str(row)]


async def test_who_is_removed_is_in_no_call_and_no_card_and_the_other_stays(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    await house.take(started(), tenant)
    await house.take(answer(GONE, LEFT), tenant)
    before = await call_of(house, tenant)
    assert told_of(before) == TRACES
    shown = house.units.of(InsightProduced)[-1]
    await house.take(REMOVED, tenant)
    row = await call_of(house, tenant)
    assert told_of(row) == []
    (match,) = row["record"]["matches"]
    assert (match["outcome"], match["candidates"], match["shared_by"]) == ("ambiguous", 1, 1)
    assert (match["best"]["customer_id"], match["others"]) == ("c-left", [])
    assert [reason["code"] for reason in match["best"]["reasons"]] == ["exact"]
    assert row["record"]["legs"] == before["record"]["legs"]
    card = house.units.of(InsightProduced)[-1]
    assert card.model_dump(mode="json") == row["card"]
    assert (card.version, card.insight_id) == (shown.version + 1, shown.insight_id)
    assert [line.sentence for line in card.lines if line.code == "who"] == [
        "1 customer may be calling."
    ]
    assert card.risk == shown.risk
    assert {part.signal for part in card.retention.contributions}.isdisjoint({"renewal", "status"})
    total = card.retention.base + sum(part.contribution for part in card.retention.contributions)
    assert card.retention.points == pytest.approx(max(0.0, total))
    assert card.retention.points < shown.retention.points


async def test_where_nobody_else_has_the_number_nobody_is_known(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    await house.take(started(), tenant)
    await house.take(answer(GONE), tenant)
    await house.take(REMOVED, tenant)
    row = await call_of(house, tenant)
    assert told_of(row) == []
    (match,) = row["record"]["matches"]
    assert (match["outcome"], match["best"], match["candidates"]) == ("unknown", None, 0)
    assert "No customer with this number." in str(row["card"])
    found = (await house.client(tenant).get("/v1/calls/call-1")).json()
    assert (found["match"]["outcome"], found["match"]["best"]) == ("unknown", None)


async def test_who_is_removed_from_behind_the_first_takes_nothing_from_the_first(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    await house.take(started(), tenant)
    await house.take(answer(LEFT, GONE), tenant)
    await house.take(REMOVED, tenant)
    row = await call_of(house, tenant)
    assert told_of(row) == []
    (match,) = row["record"]["matches"]
    assert (match["outcome"], match["best"]["name"]) == ("matched", "Ada Example")
    assert "Ada Example" in str(row["card"])
    assert len(house.units.of(InsightProduced)) == 2  # the card never told of the other


@pytest.mark.parametrize("later", [timedelta(minutes=6), timedelta(hours=4)])
@pytest.mark.parametrize("over", [True, False])
async def test_a_card_that_is_on_no_screen_any_more_is_redrawn_and_told_to_nobody(
    house: Harness[Store],
    tenant: TenantSaved,
    monkeypatch: pytest.MonkeyPatch,
    later: timedelta,
    over: bool,
) -> None:
    for fact in (started(), answer(GONE), *([ended(seconds=10)] if over else [])):
        await house.take(fact, tenant)
    monkeypatch.setattr(clock, "now", lambda: at(30) + later)
    cards = len(house.units.of(InsightProduced))
    await house.take(REMOVED, tenant)
    row = await call_of(house, tenant)
    assert told_of(row) == []
    assert row["card"]["version"] == 3
    shown = not over and later < timedelta(hours=4)
    assert len(house.units.of(InsightProduced)) == cards + shown


async def test_a_card_of_who_objects_since_is_redrawn_and_told_to_nobody(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    for fact in (started(), answer(GONE), consent(objected=True), REMOVED):
        await house.take(fact, tenant)
    assert told_of(await call_of(house, tenant)) == []
    assert len(house.units.of(InsightProduced)) == 2


@pytest.mark.parametrize("drawn", [None, MATCHED, at(20), at(30)])
async def test_a_match_that_comes_after_the_removal_names_them_no_more(
    house: Harness[Store], tenant: TenantSaved, drawn: datetime | None
) -> None:
    await house.take(started(), tenant)
    await house.take(REMOVED, tenant)
    await house.take(answer(GONE, LEFT, drawn=drawn), tenant)
    row = await call_of(house, tenant)
    assert told_of(row) == []
    (match,) = row["record"]["matches"]
    assert match["best"]["customer_id"] == "c-left"
    assert told_of(house.units.of(InsightProduced)[-1].model_dump()) == []


@pytest.mark.parametrize("removal_first", [True, False])
async def test_who_is_on_file_again_is_named_again(
    house: Harness[Store], tenant: TenantSaved, removal_first: bool
) -> None:
    """The same person has the same id in every file."""
    back = answer(GONE, drawn=at(37))
    await house.take(started(), tenant)
    for fact in (REMOVED, back) if removal_first else (back, REMOVED):
        await house.take(fact, tenant)
    (match,) = (await call_of(house, tenant))["record"]["matches"]
    assert match["best"]["name"] == GONE.name


async def test_twice_is_once_and_calls_of_others_stay(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    there = await house.open()
    for one in (tenant, there):
        for fact in (started(), answer(GONE)):
            await house.take(fact, one)
    for fact in (started(), matched()):
        await house.take(about(fact, "call-2"), tenant)
    mine = [row for row in await rows(house, tenant, "calls") if row["_id"] == "call-2"]
    theirs = await rows(house, there, "calls")
    await house.take(REMOVED, tenant)
    once, cards = await rows(house, tenant, "calls"), len(house.units.of(InsightProduced))
    await house.take(REMOVED, tenant)
    assert await rows(house, tenant, "calls") == once
    assert len(house.units.of(InsightProduced)) == cards
    assert [row for row in once if row["_id"] == "call-2"] == mine
    assert await rows(house, there, "calls") == theirs


async def test_more_calls_than_fit_into_one_turn_are_the_next_ones(
    house: Harness[Store], tenant: TenantSaved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls_module, "MOST_NAMING", 2)
    monkeypatch.setattr("services.insights.handlers.MOST_NAMING", 2)
    for number in range(5):
        for fact in (started(seconds=number), answer(GONE)):
            await house.take(about(fact, f"call-{number}"), tenant)
    following = [REMOVED]
    turns = 0
    while following and turns < 9:
        before = len(house.units.of(CustomerRemoved))
        await house.take(following.pop(), tenant)
        following = house.units.of(CustomerRemoved)[before:]
        turns += 1
    assert turns == 3
    assert {fact.removed_at for fact in house.units.of(CustomerRemoved)} == {REMOVED.removed_at}
    assert [told_of(row) for row in await rows(house, tenant, "calls")] == [[]] * 5


async def test_what_is_kept_of_removals_is_a_code_and_a_time(
    house: Harness[Store], tenant: TenantSaved, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = at(60) + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: now)
    await house.take(REMOVED, tenant)
    (row,) = await rows(house, tenant, "removals")
    assert len(row.pop("turn")) == 16
    assert row == {"_id": "c-gone", "at": now, "removed_at": REMOVED.removed_at}
