"""Who has told the provider STOP, by its own list, and whose customer that is.

Source: Telnyx, "Messaging opt-outs". The block holds for a whole messaging profile.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from libs.common.events import TenantSaved
from services.messaging.domain.agency import held


@dataclass(frozen=True, slots=True)
class OptOut:
    """The person with this number (E.164) told it to the line of this profile, at `at`."""

    number: str
    line: str | None
    profile: str | None
    at: datetime


def owner(optout: OptOut, tenants: Iterable[TenantSaved], now: datetime) -> TenantSaved | None:
    """The agency whose profile it is now, else the one whose line it was then; None for nobody's.

    An agency has one profile for good, which it may have had before it was told to us.
    """
    known = tuple(tenants)
    by_profile = (one for one in known if optout.profile in held(one.messaging_profiles, now))
    by_line = (one for one in known if optout.line in held(one.numbers, optout.at))
    return next(by_profile, None) or next(by_line, None)
