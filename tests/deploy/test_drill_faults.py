"""Fault points: nothing without a plan, the plan with one, never in production."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from deploy.drill import faults

DEVELOPMENT = "development"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def disarmed() -> Iterator[None]:
    yield
    faults.arm(None, DEVELOPMENT)


async def test_without_a_plan_a_point_does_nothing() -> None:
    await faults.point(faults.TAKING)


def test_a_plan_is_refused_in_production() -> None:
    with pytest.raises(faults.Refused, match="DRILL_FAULTS"):
        faults.arm('{"fail": 1}', "production")


def test_no_plan_is_fine_in_production() -> None:
    faults.arm(None, "production")
    faults.arm("", "production")


def test_a_plan_with_an_unknown_wish_is_refused() -> None:
    with pytest.raises(ValidationError):
        faults.arm('{"crash": "outbox.published"}', DEVELOPMENT)


async def test_only_taking_a_record_fails() -> None:
    faults.arm('{"fail": 1}', DEVELOPMENT)
    await faults.point("outbox.published")
    with pytest.raises(faults.Injected):
        await faults.point(faults.TAKING)


async def test_the_seed_repeats_the_failures() -> None:
    assert await failures(7) == await failures(7) != await failures(8)


async def failures(seed: int) -> list[bool]:
    faults.arm(f'{{"fail": 0.5, "seed": {seed}}}', DEVELOPMENT)
    failed = []
    for _ in range(40):
        try:
            await faults.point(faults.TAKING)
            failed.append(False)
        except faults.Injected:
            failed.append(True)
    return failed


async def test_one_caller_hangs_and_the_others_go_on() -> None:
    faults.arm('{"hang_at": "unit.committed", "hit": 2}', DEVELOPMENT)
    callers = [asyncio.ensure_future(faults.point("unit.committed")) for _ in range(3)]
    await asyncio.sleep(0)
    assert [caller.done() for caller in callers] == [True, False, True]
    callers[1].cancel()


async def test_a_process_dies_at_its_point_and_not_before() -> None:
    code = """
import asyncio
from deploy.drill import faults
faults.arm('{"crash_at": "here", "hit": 2}', "development")
async def main():
    for name in ("here", "there", "here", "here"):
        print(name, flush=True)
        await faults.point(name)
asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await process.communicate()
    assert process.returncode == faults.KILLED
    assert printed.split() == [b"here", b"there", b"here"]
