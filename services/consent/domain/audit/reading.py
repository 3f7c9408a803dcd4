"""When it is put on record that somebody read the trail.

Each such note is an entry too. A program that reads what it has not seen yet must come to an end,
so what shows nothing but such notes is not noted.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from libs.common.events import AuditSealed
from services.consent.domain.audit.entry import instant

READ = "audit.read"
AGAIN_AFTER = timedelta(days=1)
"""After it the same is noted again, though the trail has not grown."""


def shows_something(entries: Iterable[AuditSealed]) -> bool:
    """Whether they are more than notes of readings."""
    return any(json.loads(one.entry)["action"] != READ for one in entries)


def was_shown(
    latest: Iterable[AuditSealed], actor: str, what: str, limit: int | None, now: datetime
) -> bool:
    """Whether the reader was shown as much of late, and only readings were sealed since.

    `latest` are the readings at the end of the trail, the last one first; `limit` is how many
    entries were asked for.
    """
    since = instant(now - AGAIN_AFTER)
    for one in latest:
        told = json.loads(one.entry)
        mine = (told["actor"], told["object"]) == (actor, what)
        if mine and told["facts"].get("limit", 0) >= (limit or 0):
            return bool(told["time"] >= since)
    return False
