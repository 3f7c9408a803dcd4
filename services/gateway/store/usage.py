"""The usage log of one tenant."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from libs.common.events.personal import SECURE, Personal
from libs.common.mongo import Document, Entity, Index, TenantScope
from services.gateway.domain.usage import DayOfUse, Use

KEPT_SECONDS = 365 * 86_400

USAGE = Entity(
    "usage",
    {
        "user": ("string",),
        "operation": ("string",),
        "status": ("int",),
        "ms": ("int", "long"),
        "units": ("int", "long"),
        "at": ("date",),
    },
    ("user", "operation", "status", "ms", "units", "at"),
    (Index((("at", 1),), ttl=KEPT_SECONDS),),
    personal={
        "user": Personal("usage", SECURE, "coded"),
        "operation": Personal("usage", SECURE),
    },
    plain=("_id",),
)


class UsageLog:
    """One entry per answered request, kept for a year."""

    def __init__(self, scope: TenantScope) -> None:
        self._usage = scope.collection("usage")

    async def add(self, uses: Sequence[Use]) -> None:
        """Writes entries of the scope's tenant."""
        await self._usage.insert_all([_document(use) for use in uses])

    async def by_day(self, since: datetime, until: datetime, zone: ZoneInfo) -> list[DayOfUse]:
        """Requests and units per day there and operation in `[since, until)`, in this order."""
        day = {"$dateTrunc": {"date": "$at", "unit": "day", "timezone": zone.key}}
        rows = await self._usage.group(
            {"at": {"$gte": since, "$lt": until}},
            {"day": day, "operation": "$operation"},
            {"requests": {"$sum": 1}, "units": {"$sum": "$units"}},
        )
        return [_day_of_use(row, zone) for row in rows]


def _document(use: Use) -> Document:
    return {
        "_id": str(uuid4()),
        "user": use.user,
        "operation": use.operation,
        "status": use.status,
        "ms": use.ms,
        "units": use.units,
        "at": use.at,
    }


def _day_of_use(row: Document, zone: ZoneInfo) -> DayOfUse:
    group = row["_id"]
    day = group["day"].astimezone(zone).date()
    return DayOfUse(day, group["operation"], row["requests"], row["units"])
