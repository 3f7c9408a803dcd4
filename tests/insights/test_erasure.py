"""People leave insights: their calls, cards and what was said of the cards."""

from typing import Any

import pytest

from libs.common.erased import SKIPPED
from libs.common.events import ErasureDone, Event, InsightProduced, TenantSaved
from libs.common.mongo import Document
from services.insights.store import Store
from tests.insights.given import SUBJECT, answered, at, consent, costed, ended, matched, started
from tests.support.http import Harness
from tests.support.orders import deleted, erasure

OTHER = "s2-caller"


@pytest.fixture
async def tenant(house: Harness[Store]) -> TenantSaved:
    await house.mongo.service_collection("parked").remove({})
    return await house.open()


def about(fact: Event, call: str, subject: str | None = None) -> Event:
    update: dict[str, Any] = {"session_id": call}
    if subject and getattr(fact, "subject", None):
        update["subject"] = subject
    return fact.model_copy(update=update)


async def rows(house: Harness[Store], tenant: TenantSaved, name: str) -> list[Document]:
    return await house.mongo.scope(tenant.tenant).collection(name).list({}, sort=[("_id", 1)])


async def erase(house: Harness[Store], tenant: TenantSaved, **said: Any) -> ErasureDone:
    await house.take(erasure(SUBJECT, at=at(30), **said), tenant)
    return house.units.of(ErasureDone)[-1]


async def judged(house: Harness[Store], tenant: TenantSaved, call: str) -> None:
    (card,) = await house.store(tenant).cards.page(None, 1, call)
    answer = await house.client(tenant).put(
        f"/v1/insights/{card.insight_id}/feedback", json={"verdict": "helpful"}
    )
    assert answer.status_code == 204


async def test_calls_cards_and_feedback_go_and_those_of_others_stay(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    for call, subject in (("call-1", SUBJECT), ("call-2", SUBJECT), ("call-3", OTHER)):
        for fact in (started(), matched(), answered()):
            await house.take(about(fact, call, subject), tenant)
        await judged(house, tenant, call)
    await house.take(consent(1), tenant)
    kept = {name: (await rows(house, tenant, name))[-1:] for name in ("calls", "feedback")}
    answer = await erase(house, tenant)
    assert answer.store == "insights"
    assert deleted(answer) == {"calls": 2, "feedback": 2, "objections": 1}
    for name in ("calls", "feedback"):
        remaining = await rows(house, tenant, name)
        assert len(remaining) == 1
    assert (await rows(house, tenant, "calls")) == kept["calls"]
    assert [row["_id"] for row in await rows(house, tenant, "gone")] == ["call-1", "call-2"]
    assert SUBJECT not in str([await rows(house, tenant, n) for n in ("calls", "objections")])
    assert (await erase(house, tenant, round=2)).deleted == ()


async def test_a_call_in_progress_leaves_nothing(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    await house.take(started(), tenant)
    await house.take(answered(), tenant)
    await erase(house, tenant)
    before = SKIPPED.labels("call.ended")._value.get()
    cards = len(house.units.of(InsightProduced))
    for fact in (ended(seconds=90), costed(), matched()):
        await house.take(fact, tenant)
    assert await rows(house, tenant, "calls") == []
    assert len(house.units.of(InsightProduced)) == cards
    assert SKIPPED.labels("call.ended")._value.get() == before + 1


async def test_what_was_on_its_way_while_the_order_came_leaves_nothing(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    await erase(house, tenant)
    for fact in (started(), ended(seconds=90), answered(), costed()):
        await house.take(fact, tenant)
    assert await rows(house, tenant, "calls") == []


async def test_a_call_after_the_erasure_is_a_new_one(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    await house.take(started(), tenant)
    await erase(house, tenant)
    await house.take(about(started(seconds=300), "call-9"), tenant)
    (row,) = await rows(house, tenant, "calls")
    assert row["_id"] == "call-9"


async def test_a_person_on_a_second_leg_is_found_too(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    await house.take(started("a", subject=OTHER), tenant)
    await house.take(started("b", seconds=5, direction="outgoing"), tenant)
    assert deleted(await erase(house, tenant)) == {"calls": 1}


async def test_who_objects_is_not_profiled_after_an_erasure_either(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    await house.take(consent(1, objected=True), tenant)
    assert (await erase(house, tenant)).deleted == ()
    await house.take(about(started(seconds=300), "call-9"), tenant)
    assert house.units.of(InsightProduced) == []


async def test_another_agencys_calls_with_the_person_stay(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    there = await house.open()
    for one in (tenant, there):
        await house.take(started(), one)
    await erase(house, tenant)
    assert len(await rows(house, there, "calls")) == 1
    assert await rows(house, there, "gone") == []
