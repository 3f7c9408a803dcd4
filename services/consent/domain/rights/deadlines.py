"""By when a request must be done with, when the agency is warned, and when nobody waits any more.

Sources: PDPL Implementing Regulation, Article 3(1)(a): 30 days, and 30 more where the person is
told before; GDPR Article 12(3): one month, and two more. The clock starts when the request comes,
on whatever channel, and checking who asks does not stop it. What the law sets a day for is that
the agency acts: once the package lies ready nothing is late, while warnings go on until it is
handed over. Where the package is made anew the clock has run all the time.
"""

import calendar
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from libs.common.profiles import Due
from services.consent.domain.rights.request import Extension, Request

WARNINGS: Final = (50, 80, 100)
"""Percent of the time that has passed."""

PATIENCE: Final = timedelta(days=14)
"""How long a person who was asked for a code may take."""


def due_at(received_at: datetime, due: Due, zone: ZoneInfo) -> datetime:
    """When the law's period ends: at the hour at which the request came, by the tenant's clock."""
    return _later(received_at, due.period, due, zone)


def target_at(received_at: datetime, due: Due, zone: ZoneInfo) -> datetime:
    """When the operator wants it done; never later than it is due."""
    local = received_at.astimezone(zone) + timedelta(days=due.target_days)
    return min(local.astimezone(UTC), due_at(received_at, due, zone))


def extended(request: Request, extension: Extension, due: Due, zone: ZoneInfo) -> Request:
    """The request with more time, counted from when it was due at first."""
    later = _later(extension.first_due_at, due.extension, due, zone)
    longer = request.model_copy(update={"due_at": later, "extension": extension})
    passed = [mark for mark in WARNINGS if _mark(longer, mark) <= extension.at]
    return longer.model_copy(update={"warned": max(passed, default=0)})


def warnings(request: Request, now: datetime) -> list[int]:
    """The parts of the time whose end has come and of which nobody was warned yet."""
    return [mark for mark in WARNINGS if mark > request.warned and _mark(request, mark) <= now]


def breached(request: Request, now: datetime) -> bool:
    """Whether it is late, and that is not on record yet."""
    return _may_be_late(request) and now > request.due_at


def expires_at(request: Request) -> datetime | None:
    """When a request is given up whose person does not show who they are, or whose package nobody
    fetches; None for others.

    Where no code was ever sent it is the agency that has done nothing: that is no reason to give
    the request up before it is due.
    """
    if request.state == "ready":
        return request.package_until
    if not request.unverified:
        return None
    return (request.code.sent_at if request.code else request.due_at) + PATIENCE


def next_look(request: Request) -> datetime | None:
    """When somebody must look at the request again; None where nothing can happen by itself."""
    if request.closed:
        return None
    marks = [_mark(request, mark) for mark in WARNINGS if mark > request.warned]
    late = [request.due_at + timedelta(milliseconds=1)] if _may_be_late(request) else []
    expiry = expires_at(request)
    return min([*marks, *late, *([expiry] if expiry else [])], default=None)


def _may_be_late(request: Request) -> bool:
    return request.breached_at is None and request.state != "ready"


def _mark(request: Request, percent: int) -> datetime:
    whole = request.due_at - request.received_at
    return request.received_at + whole * percent / 100


def _later(at: datetime, many: int, due: Due, zone: ZoneInfo) -> datetime:
    local = at.astimezone(zone)
    if due.unit == "days":
        return (local + timedelta(days=many)).astimezone(UTC)
    month = local.month - 1 + many
    year, month = local.year + month // 12, month % 12 + 1
    day = min(local.day, calendar.monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day).astimezone(UTC)
