"""Events in: whatever their order and number, one record and one card per call."""

import asyncio
from itertools import permutations

import pytest

from libs.common.events import Event, InsightProduced, TenantSaved
from services.insights.domain.card import produce
from services.insights.domain.number import Numbering
from services.insights.store import Store
from tests.insights.given import (
    CARD,
    NOON,
    SUBJECT,
    answered,
    at,
    costed,
    ended,
    features,
    matched,
    merged,
    renewing,
    started,
    withheld_start,
)
from tests.support.http import Harness

FACTS: dict[str, Event] = {
    "start": started(),
    "answer": answered(),
    "end": ended(),
    "match": matched(),
}


@pytest.fixture
async def tenant(house: Harness[Store]) -> TenantSaved:
    return await house.open()


def about(fact: Event, call: str, subject: str = SUBJECT) -> Event:
    """The same fact of another call and caller."""
    update = {"session_id": call}
    if getattr(fact, "subject", None):
        update["subject"] = subject
    return fact.model_copy(update=update)


def cards(house: Harness[Store], call: str = "call-1") -> list[InsightProduced]:
    return [card for card in house.units.of(InsightProduced) if card.session_id == call]


def said(card: InsightProduced) -> dict[str, str]:
    return {line.code: line.sentence for line in card.lines}


async def test_a_ring_shows_a_card_and_the_match_shows_the_next(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    await house.take(started(), tenant)
    first = cards(house)[-1]
    assert first.version == 1
    assert "who" not in said(first)
    assert said(first)["first_call"] == "First call in 90 days."
    await house.take(matched(), tenant)
    second = cards(house)[-1]
    assert (second.version, second.insight_id) == (2, first.insight_id)
    assert said(second)["who"] == "The number of Ada Example."
    assert second.inputs == ("customer/c-1", "call/call-1")
    assert len(cards(house)) == 2
    assert await house.store(tenant).cards.get(first.insight_id) == second


async def test_every_order_with_repetitions_ends_in_the_same_state(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    store = house.store(tenant)
    for order in permutations(FACTS):
        call = "-".join(order)
        facts = {name: about(FACTS[name], call, subject=call) for name in order}
        for name in [*order, *order]:
            await house.take(facts[name], tenant, f"{call}/{name}")
            await house.take(facts[name], tenant, f"{call}/{name}")  # delivered twice
            await house.take(facts[name], tenant)  # told twice
        whole = merged(*(facts[name] for name in FACTS))
        kind = Numbering.of(whole.party).line_kind
        expected = produce(whole, features(whole, kind=kind), CARD, NOON, "en")
        assert expected is not None
        assert await store.calls.get(call) == whole.with_card(expected)
        assert await store.cards.get(expected.insight_id) == expected
        ring_first = order.index("start") < order.index("match")
        assert [card.version for card in cards(house, call)] == ([1, 2] if ring_first else [2])
        assert cards(house, call)[-1] == expected
    assert len(await store.calls.page(None, 100, False)) == 24
    assert len(await store.cards.page(None, 100)) == 24


async def test_all_at_once_end_in_the_same_state_too(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    """The lanes of two topics, and a stale owner of a partition, can write at the same time."""
    names = [*FACTS, *FACTS]
    await asyncio.gather(*(house.take(FACTS[name], tenant, name) for name in names))
    store, whole = house.store(tenant), merged(*FACTS.values())
    assert await store.calls.page(None, 10, False) == [whole]
    assert [card.version for card in await store.cards.page(None, 10)] == [2]
    assert [card.version for card in cards(house)] in ([1, 2], [2])


async def test_a_cost_is_added(house: Harness[Store], tenant: TenantSaved) -> None:
    for fact in (started(), costed(), costed()):
        await house.take(fact, tenant)
    record = await house.store(tenant).calls.get("call-1")
    assert record is not None
    assert (str(record.cost), record.currency) == ("0.0120", "USD")
    assert len(cards(house)) == 1


async def test_who_hides_the_number_gets_a_card_that_says_so(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    nobody = matched("withheld").model_copy(update={"subject": None})
    for fact in (withheld_start(), nobody):
        await house.take(fact, tenant)
    assert [card.version for card in cards(house)] == [1, 2]
    for card in cards(house):
        assert said(card)["who"] == "The caller hides the number."
        assert not {"first_call", "repeat_call"} & set(said(card))
    again = about(withheld_start(), "call-2")
    await house.take(again, tenant)
    assert cards(house, "call-2")[0].inputs == ("call/call-2",)


async def test_an_unknown_caller_gets_a_card(house: Harness[Store], tenant: TenantSaved) -> None:
    for fact in (started(), matched("unknown")):
        await house.take(fact, tenant)
    assert said(cards(house)[-1])["who"] == "No customer with this number."


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_an_outgoing_call_is_kept_and_has_no_card(
    house: Harness[Store], tenant: TenantSaved, order: tuple[int, int]
) -> None:
    facts = (started(direction="outgoing"), matched())
    for place in order:
        await house.take(facts[place], tenant)
    store = house.store(tenant)
    assert [record.direction for record in await store.calls.page(None, 10, False)] == ["outgoing"]
    assert house.units.envelopes == []
    assert await store.cards.page(None, 10) == []


async def test_a_match_alone_shows_nothing_yet(house: Harness[Store], tenant: TenantSaved) -> None:
    await house.take(matched(), tenant)
    await house.take(ended(), tenant)
    assert house.units.envelopes == []


async def test_a_repeat_caller_is_counted(house: Harness[Store], tenant: TenantSaved) -> None:
    for number, seconds in enumerate((-7200, -3600, 0), 1):
        ring = about(started(seconds=seconds), f"call-{number}")
        await house.take(ring, tenant)
        await house.take(ring, tenant)
    lines = [said(cards(house, f"call-{number}")[0]) for number in (1, 2, 3)]
    assert lines[0]["first_call"] == "First call in 90 days."
    assert lines[1]["repeat_call"] == "Repeat caller: 1 earlier call in 90 days."
    assert lines[2]["repeat_call"] == "Repeat caller: 2 earlier calls in 90 days."
    assert lines[2]["recent_calls"] == "3 calls in 7 days, with this one."
    assert lines[2]["last_contact"].startswith("Last call 1 hour ago")
    assert cards(house, "call-3")[0].inputs == ("call/call-3", "call/call-1", "call/call-2")


async def test_an_earlier_call_that_nobody_took_is_said(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    await house.take(about(started(seconds=-3600), "call-0"), tenant)
    missed = ended(seconds=-3590, begun=-3600, cause="originator_cancel", source="caller")
    await house.take(about(missed, "call-0"), tenant)
    await house.take(started(), tenant)
    assert said(cards(house)[0])["last_contact"] == "Last call 1 hour ago, not answered."


async def test_two_tenants_with_the_same_call_and_caller_stay_apart(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    other = await house.open()
    await house.take(about(started(seconds=-3600), "call-0"), tenant)
    for one in (tenant, other):
        await house.take(started(), one, "same-id")
    await house.take(matched(), tenant)
    mine, theirs = house.store(tenant), house.store(other)
    assert len(await mine.calls.page(None, 10, False)) == 2
    assert [card.version for card in await theirs.cards.page(None, 10)] == [1]
    assert said((await theirs.cards.page(None, 10))[0])["first_call"] == "First call in 90 days."
    emitted = {(event.tenantid, event.subject) for event in house.units.envelopes}
    assert emitted == {
        (tenant.tenant, "call-0"),
        (tenant.tenant, "call-1"),
        (other.tenant, "call-1"),
    }


async def test_days_count_where_the_tenant_lives(house: Harness[Store]) -> None:
    east = await house.open(timezone="America/New_York")
    early = started(seconds=-10 * 3600)  # 02:00 of the 19th in UTC, still the 18th in New York
    for fact in (early, renewing(1)):
        await house.take(fact, east)
    card = cards(house)[-1]
    assert card.as_of == at(-10 * 3600)
    assert card.as_of.utcoffset() is not None
    assert "in 2 days" in said(card)["renewal"]


async def test_the_events_say_what_caused_them(house: Harness[Store], tenant: TenantSaved) -> None:
    await house.take(started(), tenant, "e-1")
    await house.take(matched(), tenant, "e-2")
    assert [event.causationid for event in house.units.envelopes] == ["e-1", "e-2"]
    assert {event.key for event in house.units.envelopes} == {f"{tenant.tenant}:call-1".encode()}
    assert len({event.id for event in house.units.envelopes}) == 2
