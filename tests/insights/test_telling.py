"""What insights hands over of a person: calls, cards, and what was said of them."""

import pytest

from libs.common.events import TenantSaved
from services.insights.store import Store
from tests.insights.given import SUBJECT, answered, consent, costed, ended, matched, started
from tests.support.http import Harness
from tests.support.telling import told

OTHER = "s2-caller"


@pytest.fixture
async def tenant(house: Harness[Store]) -> TenantSaved:
    return await house.open()


async def test_calls_cards_feedback_and_the_objection(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    for fact in (
        started(caller_name="AMAL H", attestation="C"),
        matched(),
        answered(),
        ended(),
        costed(),
    ):
        await house.take(fact, tenant)
    other = {"session_id": "call-2", "subject": OTHER, "party": "+12025550199"}
    await house.take(started().model_copy(update=other), tenant)
    await house.take(consent(1), tenant)
    (card,) = await house.store(tenant).cards.page(None, 1, "call-1")
    await house.client(tenant).put(
        f"/v1/insights/{card.insight_id}/feedback", json={"verdict": "helpful"}
    )
    rows = await told(house, tenant, SUBJECT)
    (call,) = rows["calls"]
    assert (call["number"], call["caller_name"]) == ("+12025550142", "AMAL H")
    assert (call["direction"], call["hung_up_by"]) == ("incoming", "callee")
    assert call["started_at"].endswith("Z")
    (shown,) = rows["cards"]
    parts = shown["risk"]["contributions"] + shown["retention"]["contributions"]
    given = [*card.risk.contributions, *card.retention.contributions]
    assert [(p["signal"], p["sentence"]) for p in parts] == [(p.signal, p.sentence) for p in given]
    assert given
    assert [line["sentence"] for line in shown["lines"]] == [line.sentence for line in card.lines]
    assert [row["verdict"] for row in rows["feedback"]] == ["helpful"]
    assert len(rows["objections"]) == 1
    assert SUBJECT not in str(rows)
    assert "+12025550199" not in str(rows)


async def test_what_is_of_another_customer_with_the_number_is_left_out(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    for fact in (started(), matched()):
        await house.take(fact, tenant)
    best = matched().best
    assert best
    assert best.name
    known = await told(house, tenant, SUBJECT, best.customer_id)
    assert best.name in str(known)
    others = await told(house, tenant, SUBJECT, "cus_another")
    assert best.name not in str(others)
    assert "left_out" in others["cards"][0]
    assert "lines" not in others["cards"][0]


async def test_who_may_have_been_meant_beside_the_first_is_told_so(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    match = matched("ambiguous")
    (first, *_), second = match.candidates, {"customer_id": "c-2", "name": "Second Person"}
    both = (first, first.model_copy(update=second))
    for fact in (started(), match.model_copy(update={"candidates": both})):
        await house.take(fact, tenant)
    (call,) = (await told(house, tenant, SUBJECT, "c-2"))["calls"]
    assert call["taken_for"]["name"] == "Second Person"
    assert str(first.name) not in str(call)
    (call,) = (await told(house, tenant, SUBJECT))["calls"]
    assert call["taken_for"]["name"] == first.name


async def test_who_is_on_another_leg_gets_the_call_and_not_the_callers_card(
    house: Harness[Store], tenant: TenantSaved
) -> None:
    await house.take(started(caller_name="AMAL H"), tenant)
    leg = {"subject": OTHER, "party": "+12025550199", "caller_name": None}
    await house.take(started("b", 5).model_copy(update=leg), tenant)
    rows = await told(house, tenant, OTHER)
    (call,) = rows["calls"]
    assert call["number"] == "+12025550199"
    assert "AMAL" not in str(rows)
    assert "cards" not in rows
