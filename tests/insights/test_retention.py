"""Calls go when their time is over, with their cards and what was said of these."""

from datetime import timedelta

import pytest

from libs.common import clock, profiles
from libs.common.events import TenantSaved
from services.insights.store import Store
from tests.insights.given import at, costed, matched, started
from tests.insights.test_erasure import about, judged
from tests.support.http import Harness
from tests.support.sweeps import evidence, ids, rows, sweep

DAYS = profiles.load("intnet-iq").kept_days["calls"]


@pytest.fixture
async def tenant(house: Harness[Store]) -> TenantSaved:
    for name in ("trail", "leases"):
        await house.mongo.service_collection(name).remove({})
    return await house.open()


async def test_calls_go_with_their_cards_and_feedback_and_do_not_come_back(
    house: Harness[Store], tenant: TenantSaved, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: at(60))
    for call in ("call-1", "call-2"):
        for fact in (started(), matched()):
            await house.take(about(fact, call), tenant)
    await judged(house, tenant, "call-1")
    over = at(0) + timedelta(days=DAYS)
    monkeypatch.setattr(clock, "now", lambda: over)
    assert await sweep(house) == 0
    monkeypatch.setattr(clock, "now", lambda: over + timedelta(seconds=1))
    assert await sweep(house) == 2
    for name in ("calls", "feedback"):
        assert await rows(house, tenant, name) == []
    (facts,) = await evidence(house, tenant)
    assert (facts["collection"], facts["documents"], facts["with_feedback"]) == ("calls", 2, 1)
    await house.take(about(costed(), "call-1"), tenant)
    assert await rows(house, tenant, "calls") == []
    assert ids(await rows(house, tenant, "gone")) == ["call-1", "call-2"]


async def test_a_call_whose_beginning_nobody_told_goes_too(
    house: Harness[Store], tenant: TenantSaved, monkeypatch: pytest.MonkeyPatch
) -> None:
    cost = costed()
    for call in ("call-1", "call-2"):
        await house.take(about(cost, call), tenant)
    await house.take(about(started(seconds=60), "call-2"), tenant)
    period = timedelta(days=DAYS)
    monkeypatch.setattr(clock, "now", lambda: cost.occurred_at + period)
    before = len(await rows(house, tenant, "calls"))
    await sweep(house)
    kept = ids(await rows(house, tenant, "calls"))
    assert (before, kept) == (2, ["call-1"])
    monkeypatch.setattr(clock, "now", lambda: cost.occurred_at + period + timedelta(seconds=1))
    await sweep(house)
    assert await rows(house, tenant, "calls") == []
