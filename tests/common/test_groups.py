"""Groups: who waits is taken along, and nobody suffers from another."""

import asyncio
from collections.abc import Sequence
from contextvars import ContextVar

import pytest
from pymongo.errors import AutoReconnect

from libs.common.mongo.groups import MOST, Groups, Within

origin: ContextVar[str] = ContextVar("origin", default="nowhere")


class Table:
    """Takes groups in; `bad` units fail in every company, and `hold` keeps all of them."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.seen: dict[str, str] = {}
        self.bad: dict[str, Exception] = {}
        self.hold: asyncio.Event | None = None

    async def together(self, units: Sequence[str], within: Within) -> None:
        self.groups.append(list(units))
        if self.hold:
            await self.hold.wait()
        for unit in units:
            await within(unit, self._note(unit))

    async def _note(self, unit: str) -> None:
        if unit in self.bad:
            raise self.bad[unit]
        self.seen[unit] = origin.get()


@pytest.fixture
def table() -> Table:
    return Table()


async def run(groups: Groups, unit: str) -> str:
    origin.set(unit)
    try:
        await groups.run(unit)
    except Exception as error:  # noqa: BLE001 - looked at
        return type(error).__name__
    return "done"


async def several(table: Table, *units: str) -> list[str]:
    """All at the same moment; the first ones lead, the rest wait for them."""
    groups = Groups(table.together, at_once=1)
    return await asyncio.gather(*(run(groups, unit) for unit in units))


async def test_one_alone_waits_for_nobody(table: Table) -> None:
    assert await several(table, "a") == ["done"]
    assert table.groups == [["a"]]


async def test_those_who_wait_are_taken_together_up_to_a_size(table: Table) -> None:
    units = [f"u{number}" for number in range(1 + MOST + 3)]
    assert await several(table, *units) == ["done"] * len(units)
    assert [len(group) for group in table.groups] == [1, MOST, 3]
    assert sorted(table.seen) == sorted(units)


async def test_each_runs_in_the_context_it_came_from(table: Table) -> None:
    await several(table, "a", "b", "c", "d", "e")
    assert all(unit == seen for unit, seen in table.seen.items())


async def test_one_that_fails_harms_no_other(table: Table) -> None:
    table.bad["d"] = ValueError()
    assert await several(table, "a", "b", "c", "d", "e") == [
        "done",
        "done",
        "done",
        "ValueError",
        "done",
    ]
    assert table.groups == [["a"], ["b", "c", "d", "e"], ["b"], ["c"], ["d"], ["e"]]


async def test_when_the_store_is_away_not_everybody_tries(table: Table) -> None:
    table.bad = dict.fromkeys("bcde", AutoReconnect("away"))
    said = await several(table, "a", "b", "c", "d", "e")
    assert said == ["done"] + ["AutoReconnect"] * 4
    assert table.groups == [["a"], ["b", "c", "d", "e"], ["b"], ["c"]]


async def test_one_that_the_store_does_not_answer_harms_no_other(table: Table) -> None:
    table.bad["c"] = AutoReconnect("timed out")
    said = await several(table, "a", "b", "c", "d", "e")
    assert said == ["done", "done", "AutoReconnect", "done", "done"]


async def _started(groups: Groups, *units: str) -> list[asyncio.Task[str]]:
    tasks = [asyncio.create_task(run(groups, unit)) for unit in units]
    await asyncio.sleep(0)
    return tasks


async def test_one_that_is_given_up_is_left_out(table: Table) -> None:
    table.hold, groups = asyncio.Event(), Groups(table.together, at_once=1)
    a, b, c, d = await _started(groups, "a", "b", "c", "d")
    c.cancel()
    table.hold.set()
    assert [await one for one in (a, b, d)] == ["done"] * 3
    assert table.groups == [["a"], ["b", "d"]]


async def test_leaders_that_are_given_up_hand_over(table: Table) -> None:
    table.hold, groups = asyncio.Event(), Groups(table.together, at_once=1)
    a, b, c = await _started(groups, "a", "b", "c")
    a.cancel()
    await asyncio.sleep(0)
    b.cancel()  # it has just been told to lead
    table.hold.set()
    assert await c == "done"
    assert await run(groups, "e") == "done"
    assert table.groups[-1] == ["e"]


async def test_whom_a_given_up_leader_took_along_the_next_one_takes(table: Table) -> None:
    groups = Groups(table.together, at_once=1)
    (a,) = await _started(groups, "a")
    table.hold = asyncio.Event()
    b, c, d = await _started(groups, "b", "c", "d")
    await a
    await asyncio.sleep(0)
    assert table.groups[-1] == ["b", "c", "d"]
    b.cancel()
    table.hold.set()
    assert [await one for one in (c, d)] == ["done"] * 2
    assert table.groups[-1] == ["c", "d"]
