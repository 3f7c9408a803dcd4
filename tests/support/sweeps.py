"""Sweeps of a service in a test, and the evidence that they leave."""

from typing import Any, cast

from libs.common.events import TenantSaved
from libs.common.events.privacy import RetentionOrdered
from libs.common.mongo import Document, Documents
from libs.common.service import Running, sweep_once
from tests.support.http import Harness
from tests.support.notes import notes_of


async def sweep(house: Harness[Any]) -> int:
    """One round, as the job does it; says how many documents were due."""
    return await sweep_once(cast(Running[Any], house))


async def order(
    house: Harness[Any], tenant: TenantSaved, category: str, days: int | None, version: int = 1
) -> None:
    """The tenant wants another period."""
    told = RetentionOrdered(category=category, days=days, version=version)
    await house.take(told, tenant)


async def evidence(house: Harness[Any], tenant: TenantSaved) -> list[dict[str, Any]]:
    """The facts of what was swept, in the order of the notes."""
    notes = await notes_of(house, tenant)
    return [note["facts"] for note in notes if note["action"] == "retention.swept"]


async def rows(house: Harness[Any], tenant: TenantSaved, name: str) -> Documents:
    """The tenant's documents in a collection, by id."""
    return await house.mongo.scope(tenant.tenant).collection(name).list({}, sort=[("_id", 1)])


def ids(documents: list[Document]) -> list[str]:
    """Their ids."""
    return [document["_id"] for document in documents]
