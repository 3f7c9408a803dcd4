"""Dead letters: what was parked is handled once more, once, or given up for good."""

from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from libs.common.bus import Unavailable
from libs.common.bus.letters import NotParked, StillFails
from tests.flows.claims import peopled
from tests.flows.given import HERE, Declared, call
from tests.flows.world import State, World
from tests.support.bus.member import Member

WHO = ("ops", "the handler is mended")


@pytest.fixture
async def calm(services: Declared) -> State:
    """What one call leaves at HERE when nothing fails."""
    world = await peopled(World(services))
    await world.play(call())
    return await world.state(HERE)


@pytest.fixture
async def mended(world: World) -> World:
    """A call whose opening insights has parked; the cause has gone since."""
    await peopled(world)
    world.insights.fail("note_start", ValueError("+442079460018"), 5)
    await world.play(call())
    return world


async def place(member: Member[Any]) -> str:
    (row,) = await member.letters.page("parked", None, 10)
    assert "sealed" not in row
    found: str = row["_id"]
    return found


async def test_a_replay_has_the_effect_that_was_missing(mended: World, calm: State) -> None:
    letters = mended.insights.letters
    where = await place(mended.insights)
    await letters.replay(where, *WHO)
    await mended.bus.run()
    assert await mended.state(HERE) == calm
    with pytest.raises(NotParked):
        await letters.replay(where, *WHO)
    (row,) = await letters.page("replayed", None, 10)
    assert (row["_id"], row["settled_by"], row["settled_for"]) == (where, *WHO)


async def test_what_is_done_already_is_not_repeated(mended: World, calm: State) -> None:
    where = await place(mended.insights)
    await mended.bus.replay()
    assert await mended.state(HERE) == calm
    await mended.insights.letters.replay(where, *WHO)
    await mended.bus.run()
    assert await mended.state(HERE) == calm


async def test_one_that_still_fails_stays_parked_and_says_why(mended: World) -> None:
    mended.insights.fail("note_start", KeyError("+442079460018"))
    where = await place(mended.insights)
    with pytest.raises(StillFails, match=r"^KeyError$"):
        await mended.insights.letters.replay(where, *WHO)
    (row,) = await mended.insights.letters.page("parked", None, 10)
    assert (row["reason"], row["attempts"]) == ("KeyError", 6)


async def test_a_store_that_is_away_changes_nothing(mended: World) -> None:
    mended.insights.fail("note_start", AutoReconnect("away"))
    where = await place(mended.insights)
    with pytest.raises(Unavailable):
        await mended.insights.letters.replay(where, *WHO)
    (row,) = await mended.insights.letters.page("parked", None, 10)
    assert row["attempts"] == 5


async def test_one_given_up_is_emptied_and_stays_given_up(mended: World) -> None:
    mended.insights.fail("note_start", ValueError(), 50)
    where = await place(mended.insights)
    await mended.insights.letters.discard(where, *WHO)
    await mended.bus.replay()
    (row,) = await mended.insights.parked()
    assert (row["state"], row["sealed"]) == ("discarded", b"")
    with pytest.raises(NotParked):
        await mended.insights.letters.one(where)


async def test_what_is_inside_comes_out_as_it_went_in(mended: World) -> None:
    row, record = await mended.insights.letters.one(await place(mended.insights))
    assert record in mended.bus.log.records("calls.v1")
    assert "sealed" not in row
