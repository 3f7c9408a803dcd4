"""What fails on the way: nothing is lost, nothing is done twice, and the rest goes on."""

import asyncio
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymongo.errors import AutoReconnect

from libs.common.bus import Poison, Unavailable
from libs.common.bus.parking import FIELD, pack
from libs.common.events import CallMatched, Envelope, TenantClosed, enclose
from libs.common.keys import PLATFORM
from libs.common.mongo import Outbox, TenantScope, Units, Work
from tests.flows import claims
from tests.flows.claims import peopled
from tests.flows.given import BOTH, HERE, NOON, THERE, Declared, call, webhook
from tests.flows.plays import Play, examples, plays
from tests.flows.world import State, World
from tests.support.bus import Delivery, MemoryBus
from tests.support.units import MemoryMongo

SHORT, LONG = 5, 50
NO_EVENT = (
    "no CloudEvent: unusable body",
    "no CloudEvent: unusable data, dataschema, id, source, subject, tenantid, time, type",
)


@pytest.fixture
async def calm(services: Declared) -> State:
    """What one call of CUSTOMER leaves at HERE when nothing fails."""
    world = await peopled(World(services))
    await world.play(call())
    return await world.state(HERE)


@pytest.mark.parametrize(
    ("error", "times", "committed"),
    [
        (AutoReconnect("away"), SHORT, False),
        (AutoReconnect("the answer was lost"), SHORT, True),
        (Unavailable("away"), SHORT, False),
        (AutoReconnect("away"), LONG, False),
    ],
)
async def test_what_is_away_is_waited_for(
    services: Declared, calm: State, error: Exception, times: int, committed: bool
) -> None:
    world = await peopled(World(services))
    for member in (world.matcher, world.insights):
        for handler in member.handlers():
            member.fail(handler, error, times, committed=committed)
    await world.play(call())
    assert await world.state(HERE) == calm
    assert await world.parked() == []
    assert bool(world.insights.outages) == (times == LONG)


async def test_an_outage_loses_nothing(world: World) -> None:
    await claims.an_outage_loses_nothing(world)


@pytest.mark.parametrize("junk", [b"{not json", b"{}", b"", None])
async def test_a_record_that_is_no_event_is_parked_once_and_its_lane_goes_on(
    world: World, calm: State, junk: bytes | None
) -> None:
    await peopled(world)
    world.arrive(webhook(call(), "initiated"))
    world.bus.log.append("calls.v1", b"agencyhere:s-1", junk, (("x", b"\xff"), ("y", None)))
    for name in ("answered", "hangup"):
        world.arrive(webhook(call(), name))
    await world.bus.run()
    assert await world.state(HERE) == calm
    for _ in range(2):
        parked = await world.parked()
        assert [service for service, _ in parked] == ["insights", "matcher"]
        assert {reason for _, reason in parked} <= set(NO_EVENT)
        await world.bus.replay()


async def test_what_is_parked_is_kept_byte_for_byte_and_sealed(world: World) -> None:
    secret = b'{"from": "+442079460018"}'
    world.bus.log.append("calls.v1", b"agencyhere:s-1", secret)
    await world.bus.run()
    (record,) = world.bus.log.records("calls.v1")
    (row,) = await world.matcher.parked()
    assert world.matcher.keys.unseal(PLATFORM, FIELD, row["sealed"]) == pack(record)
    (letter,) = world.bus.log.records("matcher.dead.v1")
    assert (letter.key, letter.header("place")) == (record.key, record.place)
    assert b"2079460018" not in row["sealed"] + (letter.value or b"")


async def test_dead_letters_of_ingest_are_not_parked_again(world: World) -> None:
    world.bus.log.append("ingest.dead.v1", b"platform:x", b"{not json")
    await world.bus.run()
    assert [service for service, _ in await world.parked()] == ["ingest"]
    assert len(world.bus.log.records("ingest.dead.v1")) == 2


async def test_a_failure_that_passes_is_tried_again(world: World, calm: State) -> None:
    await peopled(world)
    for handler in ("note_start", "note_match"):
        world.insights.fail(handler, ValueError(), 4)
    await world.play(call())
    assert await world.state(HERE) == calm
    assert await world.parked() == []


@pytest.mark.parametrize(
    ("error", "times", "reason"),
    [
        (ValueError("+442079460018"), 5, "ValueError: 5 tries"),
        (Poison("no such leg"), 1, "no such leg"),
    ],
)
async def test_a_failure_that_stays_parks_its_record_and_leaves_no_trace(
    world: World, calm: State, error: Exception, times: int, reason: str
) -> None:
    await peopled(world)
    world.insights.fail("note_start", error, times)
    await world.play(call())
    assert await world.parked() == [("insights", reason)]
    record = await world.insights.store(HERE.tenant).calls.get("s-1")
    assert record is not None
    assert (record.opening, record.outcome) == (None, "answered")
    assert (await world.state(HERE)).cards == []
    await world.bus.replay()
    assert await world.state(HERE) == calm


async def test_a_tenant_that_is_known_a_moment_later_loses_nothing(
    services: Declared, calm: State
) -> None:
    world = await peopled(World(services, MemoryBus(Delivery(tenants_after=11))))
    await world.play(call())
    assert await world.state(HERE) == calm
    assert await world.parked() == []


async def test_events_of_a_tenant_that_is_known_too_late_wait_with_the_operators(
    services: Declared, calm: State
) -> None:
    world = await peopled(World(services, MemoryBus(Delivery(tenants_after=1_000))))
    await world.play(call())
    assert (await world.state(HERE)).calls == []
    assert {reason for _, reason in await world.parked()} == {"UnknownTenant: 12 tries"}
    await world.bus.replay()
    assert await world.state(HERE) == calm


async def test_nothing_is_done_for_a_tenant_that_has_left(world: World) -> None:
    await peopled(world)
    world.bus.tell(TenantClosed(tenant=HERE.tenant))
    await world.play(call(), call("s-2", THERE))
    assert (await world.state(HERE)).calls == []
    assert [one["session_id"] for one in (await world.state(THERE)).matches] == ["s-2"]


@pytest.mark.parametrize(
    "key", [b"agencythere:s-1", b"agencyhere:s-2", b"agencyhere", b"agencythere", b"", None]
)
async def test_an_event_whose_key_is_not_its_own_is_parked_and_has_no_effect(
    world: World, key: bytes | None
) -> None:
    await peopled(world)
    before = [await world.state(one) for one in BOTH]
    event = world.enclosed(webhook(call(), "initiated"))
    assert event is not None
    world.bus.log.append("calls.v1", key, event.to_json())
    await world.bus.run()
    assert [await world.state(one) for one in BOTH] == before
    assert world.screen(HERE) == world.screen(THERE) == []
    reason = "tenant: the record key names another tenant or subject"
    assert await world.parked() == [("insights", reason), ("matcher", reason)]


async def test_the_same_event_id_at_two_agencies_is_two_events(world: World) -> None:
    await claims.one_id_of_two_tenants_is_two_events(world)


@st.composite
def troubles(draw: st.DrawFn) -> Callable[[World], None]:
    """Handlers that fail in ways that pass, each at its own time."""
    passing = st.tuples(st.sampled_from([ValueError(), KeyError()]), st.integers(1, 4))
    away = st.tuples(st.just(AutoReconnect("away")), st.integers(1, 60))
    names = ("match_call", "note_start", "note_answer", "note_end", "note_match")
    chosen = draw(st.dictionaries(st.sampled_from(names), st.tuples(passing | away, st.booleans())))

    def prepare(world: World) -> None:
        for name, ((error, times), committed) in chosen.items():
            member = world.matcher if name == "match_call" else world.insights
            member.fail(name, error, times, committed=committed)

    return prepare


@given(play=plays(), trouble=troubles())
@examples(20)
async def test_whatever_passes_leaves_the_end_state_as_it_is(
    services: Declared, play: Play, trouble: Callable[[World], None]
) -> None:
    world, calm = await play.on(services, trouble), await play.calm().on(services)
    for one in BOTH:
        assert (await world.state(one)).undisputed == (await calm.state(one)).undisputed
    assert await world.parked() == []


async def test_events_of_one_id_wait_side_by_side_in_the_outbox() -> None:
    """While Kafka is away the rows stay; one agency's must not keep out the other's."""
    mongo, kafka = MemoryMongo(), Kafka()
    outbox = Outbox(mongo, kafka.publish, {CallMatched.TYPE: CallMatched.TOPIC})
    units: Units[TenantScope] = Units("matcher", mongo, lambda scope: scope, outbox)

    async def answer(_: TenantScope, work: Work) -> None:
        work.emit(CallMatched(session_id="s-1", outcome="unknown"))

    for one in BOTH:
        cause = enclose(TenantClosed(tenant=one.tenant), one.tenant, id="e", source="t", time=NOON)
        assert await units.once(one, cause, "match_call", answer)
    assert await mongo.service_collection("outbox").count({}) == 2
    relay = asyncio.ensure_future(outbox.relay())
    await outbox.drained()
    relay.cancel()
    assert [envelope.tenantid for envelope in kafka.taken] == [one.tenant for one in BOTH]
    assert await mongo.service_collection("outbox").count({}) == 0


class Kafka:
    """Takes every event."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def publish(self, envelopes: Sequence[Envelope]) -> None:
        self.taken += envelopes
