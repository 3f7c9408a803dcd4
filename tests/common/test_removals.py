"""Whom a late match may not bring back, and that no match and removal pass each other unseen."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.common.events import CustomerRemoved
from libs.common.mongo import Entity, Mongo
from libs.common.privacy import REMOVALS, Removals
from tests.support.http import tenant_id
from tests.support.units import MemoryScope

NOON = datetime(2026, 5, 19, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CALLS = Entity("calls", {"customers": ("array",)}, plain=("_id",))


def removed(customer: str = "c-1", at: datetime | None = NOON) -> CustomerRemoved:
    return CustomerRemoved(customer_id=customer, removed_at=at)


async def test_who_was_removed_while_a_match_was_drawn_is_told() -> None:
    removals = Removals(MemoryScope(tenant_id()))
    assert await removals.among(["c-1", "c-2"], NOON, NOON) == frozenset()
    assert await removals.note(removed(), NOON + SECOND) == NOON + 16 * SECOND
    both = ["c-1", "c-2"]
    for drawn in (None, NOON - SECOND, NOON, NOON + 16 * SECOND):
        assert await removals.among(both, drawn, NOON) == {"c-1"}
    assert await removals.among(both, NOON + 17 * SECOND, NOON) == frozenset()


async def test_an_earlier_removal_does_not_undo_a_later_one() -> None:
    removals = Removals(MemoryScope(tenant_id()))
    for at in (NOON + 60 * SECOND, NOON):
        await removals.note(removed(at=at), NOON)
    assert await removals.among(["c-1"], NOON + 65 * SECOND, NOON) == {"c-1"}


@pytest.fixture
async def mongo(mongo_url: str) -> AsyncIterator[tuple[Mongo, str]]:
    made, tenant = Mongo(mongo_url, "removing", (REMOVALS, CALLS)), tenant_id()
    await made.start()
    await made.open_tenant(tenant)
    yield made, tenant
    await made.close_tenant(tenant)
    made.close()


@pytest.mark.integration
@pytest.mark.parametrize("known", [True, False])
async def test_a_match_and_a_removal_at_one_moment_see_each_other(
    mongo: tuple[Mongo, str], known: bool
) -> None:
    """The match is not committed yet when the removal looks for calls."""
    store, tenant = mongo
    if known:
        await Removals(store.scope(tenant)).among(["c-1"], NOON, NOON)
    read, looked = asyncio.Event(), 0

    async def match(session: Any) -> None:
        scope = store.scope(tenant, session)
        gone = await Removals(scope).among(["c-1"], NOON, NOON)
        read.set()
        await asyncio.sleep(0.3)
        named = [one for one in ["c-1"] if one not in gone]
        await scope.collection("calls").put({"_id": "call-1", "customers": named})

    async def removal(session: Any) -> None:
        nonlocal looked
        looked += 1
        scope = store.scope(tenant, session)
        await Removals(scope).note(removed(), NOON)
        for row in await scope.collection("calls").list({"customers": "c-1"}):
            await scope.collection("calls").put({**row, "customers": []})

    matching = asyncio.create_task(store.transaction(match))
    await read.wait()
    await store.transaction(removal)
    await matching
    row = await store.scope(tenant).collection("calls").get({"_id": "call-1"})
    assert row == {"_id": "call-1", "customers": []}
    assert looked > 1
