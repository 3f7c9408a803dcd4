"""From a record to its handlers: whose it is decides first."""

from datetime import UTC, datetime

from libs.common.bus import Dispatch, Record
from libs.common.events import CallMatched, TenantClosed, enclose
from libs.common.mongo import TenantScope, Work
from libs.common.tenants import Tenants
from tests.support.units import MemoryUnits

AT = datetime(2026, 5, 19, tzinfo=UTC)


async def test_events_of_a_tenant_that_has_left_are_passed_over() -> None:
    async def handle(_: CallMatched, __: TenantScope, ___: Work) -> None:
        raise AssertionError

    tenants = Tenants()
    tenants.put(TenantClosed(tenant="agencyaaa"))
    units: MemoryUnits[TenantScope] = MemoryUnits(lambda scope: scope)
    dispatch: Dispatch[TenantScope] = Dispatch(((CallMatched, handle),), units, tenants)
    fact = CallMatched(session_id="s", outcome="unknown")
    event = enclose(fact, "agencyaaa", id="e", source="t", time=AT)
    await dispatch.take(Record("matches.v1", 0, 0, event.key, event.to_json()))
