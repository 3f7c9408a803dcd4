"""Who objects: no card is made of them, and their calls are kept."""

import pytest

from libs.common.events import Event, InsightProduced, TenantSaved
from services.insights.domain.record import CallRecord
from services.insights.store import Store
from tests.insights.given import (
    SUBJECT,
    answered,
    consent,
    ended,
    matched,
    merged,
    started,
    withheld_start,
)
from tests.support.http import Harness

OBJECTS, NO_MORE = consent(1, objected=True), consent(2, objected=False)


@pytest.fixture
async def tenant(house: Harness[Store]) -> TenantSaved:
    return await house.open()


def versions(house: Harness[Store]) -> list[int]:
    return [card.version for card in house.units.of(InsightProduced)]


async def record(house: Harness[Store], tenant: TenantSaved) -> CallRecord:
    found = await house.store(tenant).calls.get("call-1")
    assert found is not None
    return found


async def test_who_objects_has_calls_and_no_card(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    facts: list[Event] = [started(), matched(), answered(), ended()]
    for fact in (OBJECTS, *facts):
        await house.take(fact, tenant)
    assert house.units.envelopes == []
    assert await record(house, tenant) == merged(*facts)
    assert await house.store(tenant).cards.page(None, 10) == []
    assert len(await house.store(tenant).calls.page(None, 10, False)) == 1


@pytest.mark.parametrize(
    ("order", "shown"),
    [
        ("objection start match", []),
        ("objection match start", []),
        ("start objection match", [1]),
        ("match objection start", []),  # a match alone makes no card
        ("start match objection", [1, 2]),
        ("match start objection", [2]),
    ],
)
async def test_from_the_objection_on_no_card_is_made(
    house: Harness[Store], tenant: TenantSaved, order: str, shown: list[int]
) -> None:
    facts = {"objection": OBJECTS, "start": started(), "match": matched()}
    for name in order.split():
        await house.take(facts[name], tenant)
    assert versions(house) == shown
    assert (await record(house, tenant)).match is not None


async def test_a_card_from_before_the_objection_stays_as_it_was(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    for fact in (started(), OBJECTS, matched()):
        await house.take(fact, tenant)
    (card,) = house.units.of(InsightProduced)
    assert card.version == 1
    assert (await record(house, tenant)).card == card


async def test_who_takes_it_back_gets_cards_again(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    for fact in (OBJECTS, started(), NO_MORE, matched()):
        await house.take(fact, tenant)
    assert versions(house) == [2]


async def test_an_older_word_that_comes_late_does_not_count(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    for fact in (NO_MORE, OBJECTS, started(), consent(3, objected=True), NO_MORE, matched()):
        await house.take(fact, tenant)
    assert versions(house) == [1]


async def test_of_whom_data_is_restricted_no_card_is_made_meanwhile(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    for fact in (consent(1, restricted=True), started(), consent(2), matched()):
        await house.take(fact, tenant)
    assert versions(house) == [2]


async def test_who_withdraws_or_is_suppressed_does_not_object_by_that(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    for fact in (consent(1, suppressed=True, suspected=True), started()):
        await house.take(fact, tenant)
    assert versions(house) == [1]


async def test_an_objection_is_one_persons_and_one_tenants(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    other = await house.open()
    await house.take(consent(subject="s2-other", objected=True), tenant)
    await house.take(OBJECTS, other)
    await house.take(withheld_start().model_copy(update={"session_id": "call-2"}), other)
    await house.take(started(), tenant)
    assert [event.tenantid for event in house.units.envelopes] == [other.tenant, tenant.tenant]


async def test_consent_is_kept_by_code_and_time_alone(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    await house.take(OBJECTS, tenant)
    (row,) = await house.mongo.scope(tenant.tenant).collection("objections").list({})
    assert row == {"_id": SUBJECT, "version": 1, "objected": True, "at": OBJECTS.changed_at}


async def test_what_was_shown_of_who_is_restricted_is_for_those_who_decide(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    for fact in (started(), matched()):
        await house.take(fact, tenant)
    agent = house.client(tenant)
    admin = house.client(tenant, scopes=[*house.scopes(), "privacy:decide"])
    (card,) = (await agent.get("/v1/insights")).json()["data"]
    one = f"/v1/insights/{card['insight_id']}"
    calls = (await agent.get("/v1/calls")).json()
    assert "Ada Example" in str(calls)
    await house.take(consent(1, restricted=True), tenant)
    assert (await agent.get("/v1/insights")).json()["data"] == []
    refused = await agent.get(one)
    assert (refused.status_code, refused.json()["code"]) == (403, "restricted_person")
    (listed,) = (await agent.get("/v1/calls")).json()["data"]
    assert listed == (await agent.get("/v1/calls/call-1")).json()
    assert listed == {**calls["data"][0], "match": None}
    assert (await admin.get(one)).json() == card
    assert (await admin.get("/v1/insights")).json()["data"] == [card]
    assert (await admin.get("/v1/calls")).json() == calls
    await house.take(consent(2), tenant)
    assert (await agent.get(one)).json() == card
    assert (await agent.get("/v1/calls")).json() == calls


async def test_who_only_objects_keeps_what_was_shown_before(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    for fact in (started(), matched(), consent(1, objected=True)):
        await house.take(fact, tenant)
    assert len((await house.client(tenant).get("/v1/insights")).json()["data"]) == 1
