"""Units of work that wait at the same moment share a transaction.

Most of what a small transaction costs is its beginning, its inbox row, its outbox row and its
commit; a group pays them once. Its units run one after the other, each sees what those before
it wrote, and all are committed or none. Where that fails, each is run alone, so that a unit
suffers from no other.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextvars import copy_context
from typing import Any

from prometheus_client import Histogram

from libs.common.mongo.client import is_outage

MOST = 16
AT_ONCE = 2
AWAY = 2

SIZE = Histogram("transaction_units", "Units of work in a transaction.", buckets=(1, 2, 4, 8, MOST))

# Runs the body of a unit where the unit came from: its trace is its own.
Within = Callable[[Any, Coroutine[Any, Any, Any]], Awaitable[Any]]
Together = Callable[[Sequence[Any], Within], Awaitable[None]]


def directly(_: object, body: Coroutine[Any, Any, Any]) -> Awaitable[Any]:
    """Runs a body where it stands."""
    return body


class Groups:
    """Who comes first leads: it takes along all that wait, and then the next one leads.

    `together` runs units in one transaction; `at_once` groups are under way at the same time.
    """

    def __init__(self, together: Together, at_once: int = AT_ONCE) -> None:
        self._together = together
        self._at_once = at_once
        self._waiting: deque[_Waiting] = deque()
        self._leaders = 0

    async def run(self, unit: object) -> None:
        """Returns once the unit is committed. Raises what its own transaction raises."""
        own = _Waiting(unit)
        if self._leaders < self._at_once:
            self._leaders += 1
            await self._lead(own)
        elif await self._is_to_lead(own):
            await self._lead(own)
        if own.failed:
            raise own.failed

    async def _is_to_lead(self, own: "_Waiting") -> bool:
        """Waits until another has settled it, or hands over to it."""
        self._waiting.append(own)
        try:
            return await own.turn
        except asyncio.CancelledError:
            if own.turn.done() and not own.turn.cancelled() and own.turn.result():
                self._hand_over()
            raise

    async def _lead(self, own: "_Waiting") -> None:
        group = [own]
        while self._waiting and len(group) < MOST:
            following = self._waiting.popleft()
            if not following.turn.done():
                group.append(following)
        try:
            await self._settle(group)
        finally:  # cancelled, it leaves those behind whom it has not settled: the next one does
            self._waiting.extendleft(one for one in reversed(group[1:]) if not one.turn.done())
            self._hand_over()

    def _hand_over(self) -> None:
        while self._waiting:
            following = self._waiting.popleft()
            if not following.turn.done():
                return following.turn.set_result(True)
        self._leaders -= 1

    async def _settle(self, group: Sequence["_Waiting"]) -> None:
        SIZE.observe(len(group))
        failed = await self._tried(group)
        if failed is None or len(group) == 1:
            for one in group:
                one.end(failed)
        else:
            await self._settle_alone(group)

    async def _settle_alone(self, group: Sequence["_Waiting"]) -> None:
        """One after the other; if the store is away for two in a row, it is for the rest."""
        away, failed = 0, None
        for one in group:
            if away < AWAY:
                failed = await self._tried([one])
                away = away + 1 if failed and is_outage(failed) else 0
            one.end(failed)

    async def _tried(self, group: Sequence["_Waiting"]) -> Exception | None:
        contexts = {id(one.unit): one.context for one in group}

        async def within(unit: object, body: Coroutine[Any, Any, Any]) -> Any:
            task = asyncio.create_task(body, context=contexts[id(unit)])  # noqa: TID251 - awaited
            return await task

        try:
            await self._together([one.unit for one in group], within)
        except Exception as error:  # noqa: BLE001 - raised where the unit is awaited
            return error
        return None


class _Waiting:
    """A unit and where it came from. `turn` says whether it is to lead, or settled."""

    def __init__(self, unit: object) -> None:
        self.unit = unit
        self.context = copy_context()
        self.turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.failed: Exception | None = None

    def end(self, failed: Exception | None) -> None:
        """Tells the one who waits, if it still does."""
        self.failed = failed
        if not self.turn.done():
            self.turn.set_result(False)
