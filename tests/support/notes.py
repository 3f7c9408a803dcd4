"""What a service noted for the audit, as it lies in its store."""

from typing import Any

from libs.common.events import TenantSaved
from tests.support.http import Harness


async def notes_of(house: Harness[Any], tenant: TenantSaved | str) -> list[dict[str, Any]]:
    """The tenant's, in their order."""
    name = tenant if isinstance(tenant, str) else tenant.tenant
    trail = house.mongo.service_collection("trail")
    rows = await trail.list({"tenant": name}, sort=[("order", 1)])
    return [row["note"] for row in rows]
