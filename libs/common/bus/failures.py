"""What happens to a record whose handling fails: wait, try again, or park it. Never drop it."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from time import monotonic

import structlog
from prometheus_client import Counter

from libs.common.bus.producer import Unavailable
from libs.common.bus.record import Record
from libs.common.events import Malformed
from libs.common.mongo import is_outage
from libs.common.tenants import UnknownTenant

OUTAGE_SECONDS = 60.0
TRIES = 5
TRIES_UNKNOWN = 12
"""Some 25 seconds: a tenant's first events can be here before its indexes are made."""
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 4.0

PARKED = Counter("parked_total", "Records parked instead of handled.", ["topic", "reason"])

log = structlog.get_logger()

# Keeps the original bytes where operators find them: record, reason, attempts.
Park = Callable[[Record, str, int], Awaitable[None]]


class Poison(Exception):
    """This record will never be handled as it is; the message holds nothing personal."""


async def guarded(record: Record, take: Callable[[Record], Awaitable[None]], park: Park) -> bool:
    """Handles one record, whatever happens, and says whether it had to be parked.

    Store or broker away: waits in place up to 60 s, then raises, so that the batch is rewound.
    Any other failure: five tries, and more for a tenant that is not known yet. Poison: parked at
    once. Raises only for an outage. The tries count towards the 60 s: each can last until its own
    limit while a server is mute.
    """
    waited, tries, pauses = 0.0, 0, 0
    while True:
        began = monotonic()
        try:
            await take(record)
        except (Poison, Malformed) as error:
            return await _parked(record, str(error), tries + 1, park)
        except Exception as error:
            away = is_away(error)
            most = TRIES_UNKNOWN if isinstance(error, UnknownTenant) else TRIES
            if not away and (tries := tries + 1) >= most:
                reason = f"{type(error).__name__}: {most} tries"
                return await _parked(record, reason, tries, park)
            pause = _pause(pauses)
            waited += monotonic() - began + pause
            if away and waited > OUTAGE_SECONDS:
                raise
            log.warning("record.waits", topic=record.topic, error=type(error).__name__)
        else:
            return False
        pauses += 1
        await asyncio.sleep(pause)


def is_away(error: BaseException) -> bool:
    """Whether infrastructure is away, rather than this record at fault."""
    return isinstance(error, Unavailable) or is_outage(error)


async def _parked(record: Record, reason: str, attempts: int, park: Park) -> bool:
    await park(record, reason, attempts)
    PARKED.labels(record.topic, reason.partition(":")[0][:40]).inc()
    log.error("record.parked", topic=record.topic, place=record.place, reason=reason)
    return True


def _pause(before: int) -> float:
    """Seconds, doubled each time up to a limit, with jitter."""
    return random.uniform(0.5, 1.0) * min(LONGEST_PAUSE, FIRST_PAUSE * 2.0**before)  # noqa: S311
