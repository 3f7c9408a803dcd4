"""What the agency used."""

from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from libs.common import clock
from libs.common.web import Page, Problem, refuses
from services.gateway.api.access import Known
from services.gateway.api.desk import desk_of

router = APIRouter(prefix="/v1", tags=["usage"])

USUAL, LONGEST = timedelta(days=30), timedelta(days=366)
FIRST, LAST = date(2000, 1, 1), date(9000, 1, 1)
"""Days that can be asked for: with those around them in any time zone they are dates, too."""
_BAD_PERIOD = f"Ask for at most {LONGEST.days} days, the first of them first."


class DayOfUse(BaseModel):
    """Answered requests of one operation on one day. A request is one unit."""

    day: date
    operation: str
    requests: int
    units: int


@router.get(
    "/usage",
    summary="Usage by day and operation",
    responses=refuses(422, {"bad_period": _BAD_PERIOD}),
)
async def list_usage(
    me: Known,
    request: Request,
    since: Annotated[date | None, Query(description="First day; 30 days ago if left out.")] = None,
    until: Annotated[date | None, Query(description="Last day; today if left out.")] = None,
) -> Page[DayOfUse]:
    """Days are the agency's own; an answer shows here within seconds."""
    desk, tenant = desk_of(request), me.tenant
    record = await desk.store().tenants.get(tenant)
    zone = ZoneInfo(record.timezone if record else "UTC")
    last = until or clock.now().astimezone(zone).date()
    first = since or max(last, FIRST) - USUAL
    sound = last <= LAST and (since is None or since >= FIRST)
    if not sound or not timedelta() <= last - first <= LONGEST:
        raise Problem(422, "bad_period", _BAD_PERIOD)
    begin, end = _midnight(first, zone), _midnight(last + timedelta(days=1), zone)
    rows = await desk.store(tenant).usage.by_day(begin, end, zone)
    return Page(data=[DayOfUse(**asdict(row)) for row in rows], next_cursor=None)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
