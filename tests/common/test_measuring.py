"""Measuring goes on through failures, and ends with the process."""

import asyncio
from types import SimpleNamespace
from typing import Any

from libs.common.service import measuring


async def test_a_failure_is_tried_again_and_the_end_ends_it() -> None:
    running = SimpleNamespace(stopping=asyncio.Event())
    asked: list[Any] = []

    async def measure(given: Any) -> None:
        asked.append(given)
        if len(asked) == 1:
            raise ConnectionError
        running.stopping.set()

    await measuring(measure, 0.001)(running)
    assert asked == [running, running]
