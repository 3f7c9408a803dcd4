"""Transactions that end: tried again on a conflict, with a pause, and not for long.

The driver's own helper goes on for 120 s without a pause, and has no setting for it. That is
longer than a caller by HTTP waits, and the retries of a lane would multiply it.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, TypeVar

from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

T = TypeVar("T")
Body = Callable[[Any], Awaitable[T]]

TRANSACTION_SECONDS = 15.0
FIRST_PAUSE = 0.005
LONGEST_PAUSE = 0.5

_TRANSIENT = "TransientTransactionError"
_UNKNOWN = "UnknownTransactionCommitResult"
_READ = ReadConcern("snapshot")
_WRITE = WriteConcern("majority", wtimeout=5_000)


async def run(client: Any, body: Body[T]) -> T:
    """Runs the body in one transaction; several times where others are in the way."""
    deadline = monotonic() + TRANSACTION_SECONDS
    pauses = 0
    async with await client.start_session() as session:
        while True:
            try:
                async with session.start_transaction(_READ, _WRITE):
                    result = await body(session)
                    await _commit(session, deadline)
                return result
            except PyMongoError as error:
                if _is_cancelled():
                    raise asyncio.CancelledError from error
                if not error.has_error_label(_TRANSIENT) or monotonic() > deadline:
                    raise
            await _pause(pauses)
            pauses += 1


def _is_cancelled() -> bool:
    """Whether this task is to end: an abort that fails on the way out hides the cancellation."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _commit(session: Any, deadline: float) -> None:
    """Asks until the answer is known; a commit that has happened is answered the same again."""
    pauses = 0
    while True:
        try:
            await session.commit_transaction()
        except PyMongoError as error:
            if not error.has_error_label(_UNKNOWN) or monotonic() > deadline:
                raise
        else:
            return
        await _pause(pauses)
        pauses += 1


async def _pause(before: int) -> None:
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0**before)
    await asyncio.sleep(random.uniform(0.5, 1.0) * longest)  # noqa: S311
