"""The flows can go red: each claim, held against a world that breaks it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from libs.common.events import Envelope, TenantSaved
from libs.common.mongo import Unit, Work
from tests.flows import claims
from tests.flows.given import HERE, Declared
from tests.flows.world import World
from tests.support.bus import MemoryBus
from tests.support.units import MemoryUnits

S = TypeVar("S")
Claim = Callable[[World], Awaitable[None]]


class Forgetful(MemoryUnits[S]):
    """Has no inbox."""

    async def once(
        self,
        tenant: TenantSaved,
        cause: Envelope,
        handler: str,
        body: Callable[[S, Work], Awaitable[None]],
    ) -> bool:
        await self._together([Unit(tenant, cause.id, body)])
        return True


class TenantBlind(MemoryUnits[S]):
    """Leaves the tenant out of the inbox key."""

    async def _together(self, units: Sequence[Unit[S, Any]], *how: Any) -> None:
        blind = [replace(unit, inbox=(unit.inbox or "").partition(":")[2]) for unit in units]
        await super()._together(blind)


class Hasty(MemoryUnits[S]):
    """Writes the inbox row before the change, in a transaction of its own."""

    async def _together(self, units: Sequence[Unit[S, Any]], *how: Any) -> None:
        for unit in units:
            await self.mongo.service_collection("inbox").insert({"_id": unit.inbox})
        await super()._together([replace(unit, inbox=None) for unit in units])


@pytest.mark.parametrize(
    ("broken", "claim", "found"),
    [
        (Forgetful, claims.five_times_is_once, "5 matches of one call"),
        (TenantBlind, claims.one_id_of_two_tenants_is_two_events, r"has matches with \[\]"),
        (Hasty, claims.an_outage_loses_nothing, "0 matches of one call"),
    ],
)
async def test_a_broken_unit_of_work_is_found(
    services: Declared, broken: type[MemoryUnits[Any]], claim: Claim, found: str
) -> None:
    await claim(World(services))
    with pytest.raises(AssertionError, match=found):
        await claim(World(services, MemoryBus(units=broken)))


async def test_a_word_about_the_other_agency_is_found(world: World) -> None:
    await claims.peopled(world)
    await claims.nothing_of_the_other(world)
    await world.customer(HERE, "Zoe Otherside")
    with pytest.raises(AssertionError, match="agencyhere is told of Zoe Otherside"):
        await claims.nothing_of_the_other(world)
