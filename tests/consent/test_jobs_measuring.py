"""What alerts and the doctor are told of erasures, of people who wait, and of trails."""

from datetime import timedelta
from typing import Any, cast

from prometheus_client import REGISTRY

from libs.common.events import TenantSaved
from services.consent.jobs import measure
from services.consent.store import Store
from tests.consent.rights import Desk
from tests.consent.trails import noted, seal
from tests.support.http import Harness


async def measured(house: Harness[Store], *names: str) -> list[float | None]:
    await measure(cast(Any, house))
    return [REGISTRY.get_sample_value(name) for name in names]


async def test_an_erasure_ages_until_every_store_is_done(desk: Desk, house: Harness[Store]) -> None:
    both = ("erasures_open", "erasures_oldest_seconds")
    before = await measured(house, *both)
    await desk.attested()
    desk.move(timedelta(hours=2))
    assert (before, await measured(house, *both)) == ([0, 0], [1, 7200])


async def test_one_that_has_ended_is_none(desk: Desk, house: Harness[Store]) -> None:
    await desk.erased()
    assert await measured(house, "erasures_open", "erasures_oldest_seconds") == [0, 0]


async def test_requests_whose_time_is_over_are_counted(desk: Desk, house: Harness[Store]) -> None:
    await desk.opened("access")
    assert await measured(house, "requests_overdue") == [0]
    desk.move(timedelta(days=400))
    assert await measured(house, "requests_overdue") == [1]


async def test_gaps_of_a_trail_count_until_the_notes_come(
    desk: Desk, house: Harness[Store], agency: TenantSaved
) -> None:
    gaps = ("audit_gaps", "audit_unsigned_seconds")
    await seal(house, agency, [noted(1, agency.tenant), noted(5, agency.tenant)])
    desk.move(30)
    assert await measured(house, *gaps) == [3, 30]
    await seal(house, agency, [noted(n, agency.tenant) for n in (2, 3, 4)])
    assert await measured(house, *gaps) == [0, 30]
