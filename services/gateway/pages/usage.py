"""What the agency used, day by day: drawn, and as a table beneath."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.gateway.api.usage import DayOfUse, list_usage
from services.gateway.pages.screen import PageRoute, Seen

router = APIRouter(route_class=PageRoute)

TEXTS = "POST /v1/messages"
WIDTH, HEIGHT = 720, 160
"""Of a drawing, in its own units."""


@dataclass(frozen=True)
class Day:
    """What was used on one day of the agency's."""

    day: date
    requests: int
    texts: int


@dataclass(frozen=True)
class Bar:
    """A bar of a drawing: `x`, `y`, `width`, `height` in its own units, and what it stands for."""

    day: date
    count: int
    x: float
    y: float
    width: float
    height: float


@router.get("/usage")
async def usage(
    seen: Seen, request: Request, since: date | None = None, until: date | None = None
) -> Response:
    """The last 31 days, or those that are asked for."""
    found = await list_usage(seen.me, request, since, until)
    days = by_day(found.data)
    drawings = {
        "requests": bars([(one.day, one.requests) for one in days]),
        "texts": bars([(one.day, one.texts) for one in days]),
    }
    size = {"width": WIDTH, "height": HEIGHT}
    return seen.show(
        "usage.html", days=days, drawings=drawings, size=size, since=since, until=until
    )


def by_day(rows: list[DayOfUse]) -> list[Day]:
    """All days from the first to the last that anything was used on."""
    requests, texts = Counter[date](), Counter[date]()
    for row in rows:
        requests[row.day] += row.requests
        texts[row.day] += row.requests if row.operation == TEXTS else 0
    if not requests:
        return []
    first, last = min(requests), max(requests)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [Day(day, requests[day], texts[day]) for day in days]


def bars(counts: list[tuple[date, int]]) -> list[Bar]:
    """One bar for each day; the highest reaches the top."""
    most = max((count for _, count in counts), default=0) or 1
    step = min(WIDTH / max(len(counts), 1), WIDTH / 8)
    drawn = []
    for place, (day, count) in enumerate(counts):
        height = round(HEIGHT * count / most, 1)
        begins = round(place * step, 1)
        drawn.append(Bar(day, count, begins, HEIGHT - height, round(step * 0.8, 1), height))
    return drawn
