"""Named places where a drill makes this process die, wait or fail; elsewhere nothing happens.

A process is armed once, at its start, with a plan. Without one `point` does nothing.
"""

import asyncio
import os
import random
from collections import Counter

from pydantic import BaseModel, ConfigDict, Field

TAKING = "dispatch.before"
"""Where a record is slowed and made to fail: before the unit of work, so outside of it."""

KILLED = 137
_FOR_EVER = 86_400.0


class Plan(BaseModel):
    """What is to go wrong.

    At its `hit`-th arrival at `crash_at` the process ends as `kill -9` would end it; at
    `hang_at` one caller never goes on. Each record is slowed by `slow` seconds on average, and
    the share `fail` of all tries fails. `hold` lets every caller wait so many seconds at a point.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    crash_at: str | None = None
    hang_at: str | None = None
    hit: int = Field(1, ge=1)
    slow: float = Field(0.0, ge=0)
    fail: float = Field(0.0, ge=0, le=1)
    hold: dict[str, float] = {}
    seed: int = 1


class Injected(RuntimeError):
    """A failure that the drill asked for."""


class Refused(RuntimeError):
    """Faults were asked for where real work is done."""


class _Armed:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._random = random.Random(plan.seed)  # noqa: S311 - chance to be repeated, no secret
        self._arrivals: Counter[str] = Counter()

    async def at(self, name: str) -> None:
        plan = self._plan
        self._arrivals[name] += 1
        if self._arrivals[name] == plan.hit:
            if name == plan.crash_at:
                os._exit(KILLED)
            if name == plan.hang_at:
                await asyncio.sleep(_FOR_EVER)
        if seconds := plan.hold.get(name):
            await asyncio.sleep(seconds)
        if name == TAKING:
            await self._handle()

    async def _handle(self) -> None:
        if self._plan.slow:
            await asyncio.sleep(self._plan.slow * self._random.uniform(0.5, 1.5))
        if self._random.random() < self._plan.fail:
            raise Injected("a drill made this try fail")


_armed: _Armed | None = None


def arm(plan: str | None, environment: str) -> None:
    """Takes the plan (JSON) for this process; none disarms it. Raises Refused in production."""
    global _armed
    if plan and environment == "production":
        raise Refused("DRILL_FAULTS breaks the service on purpose: it is refused in production")
    _armed = _Armed(Plan.model_validate_json(plan)) if plan else None


async def point(name: str) -> None:
    """A place with a name, such as `outbox.published`."""
    if _armed is not None:
        await _armed.at(name)
