"""Moments in requests: such as every store and every calendar of ours can hold."""

from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime
from pydantic_core import PydanticCustomError

YEARS: Final = range(2000, 2200)


def _bounded(at: datetime) -> datetime:
    """In UTC. The first and the last day of the calendar have no UTC in some zones."""
    try:
        moment = at.astimezone(UTC)
    except OverflowError:
        raise _odd() from None
    if moment.year not in YEARS:
        raise _odd()
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_bounded)]


def _odd() -> PydanticCustomError:
    return PydanticCustomError("moment", "Give a time in the years 2000 to 2199.")
