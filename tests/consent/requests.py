"""Requests to reason about."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from libs.common.profiles import Due
from services.consent.domain.rights.asked import Asking
from services.consent.domain.rights.request import Request
from tests.consent.given import SUBJECT


def opened(came: datetime, due: Due, zone: ZoneInfo, **told: Any) -> Request:
    """A request that is written down when it comes."""
    whole = {
        "id": "req_1",
        "kind": "erasure",
        "channel": "oral",
        "subject": SUBJECT,
        "number": b"sealed",
        "received_at": came,
        "opened_by": "usr_1",
    }
    return Asking.model_validate(whole | told).opened(due, zone, came)
