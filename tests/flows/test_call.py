"""A call from the webhook to the agent's screen, in whatever way its events come."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given

from libs.common.events import CallMatched, ConsentChanged, InsightProduced, enclose
from libs.common.keys import PLATFORM
from tests.flows import claims
from tests.flows.claims import NAMES, peopled
from tests.flows.given import (
    BOTH,
    CUSTOMER,
    EVENTS,
    HERE,
    NOON,
    STRANGER,
    THERE,
    Declared,
    call,
    webhook,
)
from tests.flows.plays import Play, examples, plays
from tests.flows.world import Screen, World


async def test_a_call_of_a_customer_is_on_the_screen_before_it_is_taken(world: World) -> None:
    await world.customer(HERE, "Ann Oneside")
    world.arrive(webhook(call(attestation="A"), "initiated"))
    await world.bus.run()
    screen = world.screen(HERE)
    assert sorted(screen.types("s-1")) == [
        "call.matched",
        "call.started",
        "insight.produced",
        "insight.produced",
    ]
    (match,), card = screen.facts(CallMatched, "s-1"), screen.card("s-1")
    assert [one.name for one in match.candidates] == ["Ann Oneside"]
    assert match.outcome == "matched"
    assert card.version == 2
    assert card.lines[0].sentence == "The number of Ann Oneside, customer since 2019."
    assert world.screen(THERE) == []


async def test_of_who_is_restricted_the_call_is_on_the_screen_and_no_name(world: World) -> None:
    for tenant in BOTH:
        await world.customer(tenant, "Ann Oneside")
    subject = world.matcher.keys.code(HERE.tenant, CUSTOMER)
    change = ConsentChanged(subject=subject, version=1, restricted=True, changed_at=NOON)
    event = enclose(change, HERE.tenant, id="restricted", source="consent", time=NOON)
    world.bus.log.append(change.TOPIC, event.key, event.to_json())
    await world.bus.run()
    await world.play(call("s-1"), call("s-2", THERE))
    here, there = world.screen(HERE), world.screen(THERE)
    (match,), (other,) = here.facts(CallMatched, "s-1"), there.facts(CallMatched, "s-2")
    assert (match.outcome, match.candidates, match.shared_by) == ("unknown", (), 0)
    assert here.types("s-1").count("call.started") == 1
    assert "Ann Oneside" not in str(list(here))
    assert [one.name for one in other.candidates] == ["Ann Oneside"]
    (record,) = (await world.state(HERE)).calls
    assert "Ann Oneside" not in str(record)
    assert await world.parked() == []


async def test_the_first_card_does_not_wait_for_the_match(world: World) -> None:
    world.matcher.fail("match_call", ConnectionResetError(), 4)
    await world.customer(HERE, "Ann Oneside")
    await world.play(call())
    assert [card.version for card in world.bus.facts(InsightProduced, HERE.tenant)] == [1, 2]


async def test_the_record_of_a_call_is_whole_in_the_end(world: World) -> None:
    await world.customer(HERE, "Ann Oneside")
    await world.play(call())
    world.arrive(webhook(call(), "cost"))
    await world.bus.run()
    record = await world.insights.store(HERE.tenant).calls.get("s-1")
    assert record is not None
    assert (record.party, record.line) == (CUSTOMER, "+12025550131")
    assert (record.outcome, record.ring_seconds, record.duration_seconds) == ("answered", 5, 20)
    assert (str(record.cost), record.currency, record.billed_seconds) == ("0.0035", "USD", 60)
    assert record.subject == world.ingest.keys.code(HERE.tenant, CUSTOMER)


async def test_people_who_share_a_number_are_for_the_agent_to_choose(world: World) -> None:
    for name in ("Ann Oneside", "Ben Oneside"):
        await world.customer(HERE, name)
    await world.play(call())
    (match,) = world.bus.facts(CallMatched, HERE.tenant)
    assert (match.outcome, match.shared_by) == ("ambiguous", 2)
    card = world.screen(HERE).card("s-1")
    assert card.lines[0].sentence == "2 customers may be calling."
    assert "renewal" not in {each.signal for each in card.retention.contributions}


async def test_a_stranger_gets_a_card_too(world: World) -> None:
    await world.customer(HERE, "Ann Oneside")
    await world.play(call(origin=STRANGER))
    (match,) = world.bus.facts(CallMatched, HERE.tenant)
    assert (match.outcome, match.candidates) == ("unknown", ())
    card = world.screen(HERE).card("s-1")
    assert [line.code for line in card.lines[:2]] == ["who", "first_call"]
    assert card.version == 2


@pytest.mark.parametrize("origin", ["anonymous", "+266696687"])
async def test_who_hides_the_number_is_not_looked_up(world: World, origin: str) -> None:
    await world.customer(HERE, "Ann Oneside")
    await world.play(call(origin=origin), call("s-2", minutes=1, origin=origin))
    assert [m.outcome for m in world.bus.facts(CallMatched, HERE.tenant)] == ["withheld"] * 2
    card = world.screen(HERE).card("s-2")
    assert "The caller hides the number." in str(card.lines)
    assert "repeat_call" not in str(card.lines)
    assert (await world.state(HERE)).contacts[0]["at"] is None


async def test_a_number_that_is_not_proven_shows_nothing_of_the_contract(world: World) -> None:
    await world.customer(HERE, "Ann Oneside")
    await world.play(call(attestation="failed"))
    screen = world.screen(HERE)
    card = screen.card("s-1")
    assert "not proven to be the caller's" in card.lines[0].sentence
    assert card.risk.band != "low"
    assert "2026-09-01" not in str(screen)
    assert "2019" not in str(screen)


async def test_a_call_nobody_owns_is_quarantined_and_seen_by_no_agency(world: World) -> None:
    world.arrive(webhook(call(to="+12025550199", connection_id="1"), "initiated"))
    world.arrive(b'{"data": 1}')
    await world.bus.run()
    rows = await world.ingest.store(PLATFORM).page(None, 10)
    assert [row["event_type"] for row in rows if row["reason"] == "unrouted: none"] == [
        "call.initiated"
    ]
    assert len(rows) == 2
    for one in BOTH:
        assert "call" not in await world.everything(one)
    assert await world.parked() == []


async def test_the_same_webhook_five_times_is_one_call_one_match_one_card(world: World) -> None:
    await claims.five_times_is_once(world)


@pytest.mark.parametrize("order", [*permutations(EVENTS)])
async def test_in_all_six_orders_the_end_state_is_the_same(
    services: Declared, order: Sequence[str]
) -> None:
    """One call, to the last field of its card."""
    calm, other = [await peopled(World(services)) for _ in range(2)]
    await calm.play(call())
    for name in order:
        for _ in range(2):
            other.arrive(webhook(call(), name))
        await other.bus.run()
    assert await other.state(HERE) == await calm.state(HERE)
    assert other.screen(HERE).card("s-1") == calm.screen(HERE).card("s-1")


@given(play=plays())
@examples(40)
async def test_however_events_come_the_end_state_is_the_same(
    services: Declared, play: Play
) -> None:
    world, calm = await play.on(services), await play.calm().on(services)
    for one in BOTH:
        state = await world.state(one)
        assert state.undisputed == (await calm.state(one)).undisputed
        mine = [f"s-{i}" for i, owner in enumerate(play.owners) if BOTH[owner] == one]
        for each in (state.calls, state.matches, state.cards):
            assert [document["session_id"] for document in each] == mine
        assert all(card["version"] == 2 for card in state.cards)
        assert all(call["matches"][0]["best"]["name"] == NAMES[one.tenant] for call in state.calls)
        assert [_shown(world.screen(one), session) for session in mine] == state.cards
    await claims.nothing_of_the_other(world)
    assert await world.parked() == []


@given(play=plays())
@examples(15)
async def test_a_replay_of_the_whole_log_changes_nothing(services: Declared, play: Play) -> None:
    world = await play.on(services)
    before = [await world.everything(one) for one in BOTH]
    await world.bus.replay()
    assert [await world.everything(one) for one in BOTH] == before


def _shown(screen: Screen, session: str) -> Any:
    """The last card on the screen, once its call is told whole and its versions only rose."""
    types = screen.types(session)
    versions = [card.version for card in screen.facts(InsightProduced, session)]
    assert versions in ([1, 2], [2])
    assert sorted(set(types)) == [
        "call.answered",
        "call.ended",
        "call.matched",
        "call.started",
        "insight.produced",
    ]
    assert len(types) == 4 + len(versions)
    return screen.card(session).model_dump(mode="json")
