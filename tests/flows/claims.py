"""What must hold of a world; the negative controls hold it against broken ones."""

from pymongo.errors import AutoReconnect

from libs.common.events import CallMatched, InsightProduced, TenantSaved
from tests.flows.given import BOTH, HERE, THERE, call, webhook
from tests.flows.world import World

NAMES = {HERE.tenant: "Ann Oneside", THERE.tenant: "Zoe Otherside"}


async def peopled(world: World) -> World:
    """Each agency has a person of its own with the same number on file."""
    for one in BOTH:
        await world.customer(one, NAMES[one.tenant])
    return world


async def five_times_is_once(world: World) -> None:
    """The same webhooks five times: one call, one match, one card of each version."""
    await world.customer(HERE, "Ann Oneside")
    await world.play(*[call()] * 5)
    sessions = [one["session_id"] for one in (await world.state(HERE)).calls]
    assert sessions == ["s-1"], f"calls: {sessions}"
    matches = len(world.bus.facts(CallMatched, HERE.tenant))
    assert matches == 1, f"{matches} matches of one call"
    versions = [card.version for card in world.bus.facts(InsightProduced, HERE.tenant)]
    assert versions == [1, 2], f"cards of one call: {versions}"


async def one_id_of_two_tenants_is_two_events(world: World) -> None:
    """Two agencies' calls whose events have the same ids: each agency has its own match."""
    await peopled(world)
    for one in BOTH:
        world.arrive(webhook(call(tenant=one), "initiated", event_id="the-same-id"))
    await world.bus.run()
    for one in BOTH:
        found = [match.best for match in world.bus.facts(CallMatched, one.tenant)]
        names = [best and best.name for best in found]
        assert names == [NAMES[one.tenant]], f"{one.tenant} has matches with {names}"
        versions = [card.version for card in world.screen(one).facts(InsightProduced, "s-1")]
        assert versions == [1, 2], f"{one.tenant} sees cards {versions}"


async def an_outage_loses_nothing(world: World) -> None:
    """A handler whose store is away at its commit: waited for, and one match in the end."""
    await world.customer(HERE, "Ann Oneside")
    world.matcher.fail("match_call", AutoReconnect("away"), 3)
    await world.play(call())
    matches = len(world.bus.facts(CallMatched, HERE.tenant))
    assert matches == 1, f"{matches} matches of one call"
    parked = await world.parked()
    assert parked == [], f"parked: {parked}"


async def nothing_of_the_other(world: World) -> None:
    """No record, document or screen of one agency tells anything of the other."""
    for mine, other in ((HERE, THERE), (THERE, HERE)):
        text = await world.everything(mine)
        for word in await _words(world, other):
            assert word not in text, f"{mine.tenant} is told of {word}"


async def _words(world: World, tenant: TenantSaved) -> list[str]:
    """What is an agency's own: its id, line, connection, people and codes."""
    people = await world.matcher.store(tenant.tenant).customers.page(None, 100)
    told = [str(one[name]) for one in people for name in ("_id", "name", "subject")]
    owned = [one.value for one in (*tenant.numbers, *tenant.connections)]
    return [tenant.tenant, *owned, *told]
