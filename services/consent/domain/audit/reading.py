"""When it is put on record that somebody read the trail.

Each such note is an entry too. A program that reads what it has not seen yet must come to an end,
so what shows nothing but such notes is not noted.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from libs.common.events import AuditSealed
from services.consent.domain.audit.entry import instant

READ = "audit.read"

What = Literal["latest", "entries", "proof", "bundle"]

AGAIN_AFTER = timedelta(days=1)
"""After it the same is noted again, though the trail has not grown."""


@dataclass(frozen=True)
class Shown:
    """What an answer shows of the trail.

    `documents` is how many entries, `up_to` the highest sequence of those of the latest page or the
    bundle, `limit` how many were asked for. `filters` are the kinds of what was asked by, never
    what was asked for.
    """

    what: What
    documents: int
    up_to: int | None = None
    filters: Sequence[str] = ()
    limit: int | None = None

    def facts(self) -> dict[str, str | int | bool]:
        """As they are noted."""
        filters = ",".join(self.filters)
        told = {"up_to": self.up_to, "limit": self.limit, "filters": filters}
        given = {name: value for name, value in told.items() if value}
        return {"documents": self.documents, **given}


def shows_something(entries: Iterable[AuditSealed]) -> bool:
    """Whether they are more than notes of readings."""
    return any(json.loads(one.entry)["action"] != READ for one in entries)


def was_shown(latest: Sequence[AuditSealed], actor: str, shown: Shown, now: datetime) -> bool:
    """Whether the reader was shown as much of late, up to the last entry that is no reading.

    `latest` are the readings at the end of the trail, the last one first. A note of one is sealed
    later than its answer was read: what lies before it need not have been shown.
    """
    if not latest:
        return False
    last_other = latest[-1].sequence - 1
    since = instant(now - AGAIN_AFTER)
    for one in latest:
        told = json.loads(one.entry)
        facts = told["facts"]
        mine = (told["actor"], told["object"]) == (actor, shown.what)
        as_much = facts.get("limit", 0) >= (shown.limit or 0)
        if mine and as_much and facts.get("up_to", 0) >= last_other:
            return bool(told["time"] >= since)
    return False
