"""How long an agency's data is kept: as its operator promises, or as much shorter as it wants."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from libs.common import profiles
from libs.common.events import Note, RetentionOrdered
from libs.common.mongo import Work
from libs.common.privacy import SWEPT, Period
from libs.common.web import Problem, not_found, refuses
from services.consent.api.rights.acting import Decider, Reader
from services.consent.store import Store

router = APIRouter(prefix="/v1/privacy/retention", tags=["privacy"])

_NOT_ADJUSTABLE = "This category is kept for as long with every agency; choose another one."


class RetentionIn(BaseModel):
    """In whole days; null returns to the operator's period."""

    model_config = ConfigDict(extra="forbid", strict=True)

    days: int | None = Field(description="At least 1, at the most the operator's period.")


class RetentionOut(BaseModel):
    """How many days data of a category is kept.

    `profile_days` is the operator's period, `own_days` the agency's where it wants a shorter one,
    `days` the one in force. `version` counts the agency's changes. What is not `adjustable` is
    kept for as long with every agency of the operator.
    """

    category: str
    profile_days: int
    own_days: int | None
    days: int
    version: int
    adjustable: bool

    @classmethod
    def of(cls, period: Period) -> "RetentionOut":
        """As it is answered."""
        return cls(
            category=period.category,
            profile_days=period.ceiling,
            own_days=period.own,
            days=period.days,
            version=period.version,
            adjustable=period.category in SWEPT,
        )


class Retention(BaseModel):
    """The periods of all categories."""

    data: list[RetentionOut]


@router.get("", summary="How long data is kept")
async def list_retention(who: Reader) -> Retention:
    """Per category the operator's period, the agency's, and the one in force."""
    periods = await who.store.periods.all(who.tenant)
    return Retention(data=[RetentionOut.of(period) for period in periods])


@router.put(
    "/{category}",
    summary="Keep data of a category for a shorter time",
    responses=refuses(
        422,
        {
            "not_adjustable": _NOT_ADJUSTABLE,
            "unusable_period": "Give as many days as the operator keeps it at the most, or fewer.",
        },
    ),
)
async def put_retention(category: str, given: RetentionIn, who: Decider) -> RetentionOut:
    """What is older goes within an hour or so, and does not come back where it is made longer."""
    _check(category, given.days, profiles.load(who.tenant.profile).kept_days)

    async def body(store: Store, work: Work) -> Period:
        before = await store.periods.get(category, work.tenant)
        if before.own == given.days:
            return before
        order = RetentionOrdered(category=category, days=given.days, version=before.version + 1)
        await store.periods.take(order, work.now)
        after = await store.periods.get(category, work.tenant)
        work.emit(order)
        work.note(_changed(before, after, who.actor))
        return after

    return RetentionOut.of(await who.write(body))


def _check(category: str, days: int | None, ceilings: dict[str, int]) -> None:
    """Raises Problem 404 for what is no category, 422 for what cannot be had."""
    if category not in ceilings:
        raise not_found()
    if category not in SWEPT:
        raise Problem(422, "not_adjustable", _NOT_ADJUSTABLE)
    most = ceilings[category]
    if days is not None and not 1 <= days <= most:
        detail = f"Give 1 to {most} days, or null for {most}: the operator keeps it no longer."
        raise Problem(422, "unusable_period", detail)


def _changed(before: Period, after: Period, by: str) -> Note:
    return Note(
        action="retention.changed",
        actor=by,
        object=after.category,
        facts={
            "category": after.category,
            "days_before": before.days,
            "days": after.days,
            "version_before": before.version,
            "version": after.version,
        },
    )
