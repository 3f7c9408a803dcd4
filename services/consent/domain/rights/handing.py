"""Handing over: which stores have answered, when the others are asked again, and the package."""

from collections.abc import Container
from datetime import datetime, timedelta
from typing import Final

from services.consent.domain.rights.request import Request
from services.consent.domain.rights.stores import REQUIRED

FIRST: Final = timedelta(minutes=1)
"""After this a store that is silent is asked again, and then less and less often."""

LONGEST: Final = timedelta(hours=1)

_EXPORT: Final = "exp_"


def due_of(request_id: str) -> str:
    """Under what the export of a request stands in the list of what must be looked at."""
    return f"{_EXPORT}{request_id}"


def request_of(due: str) -> str | None:
    """The request whose export it is; None where it is something else."""
    return due.removeprefix(_EXPORT) if due.startswith(_EXPORT) else None


def begun(request: Request, now: datetime) -> Request:
    """Every store is asked."""
    told = {"state": "in_progress", "awaiting": REQUIRED["access"], "asked_at": now}
    return request.model_copy(update={**told, "holders": (), "package_until": None})


def unasked(request: Request) -> Request:
    """As before any store was asked."""
    return request.model_copy(update={"asked_at": None})


def afresh(request: Request, now: datetime) -> Request:
    """What was told before counts no more."""
    return request.model_copy(update={"told_from": now})


def under_way(request: Request) -> bool:
    """Whether answers are of use: all are asked, and no package is ready yet."""
    in_hand = request.kind == "access" and request.state == "in_progress"
    return in_hand and not request.unordered


def answered(request: Request, store: str) -> Request:
    """One store has told all that it has."""
    left = tuple(one for one in request.awaiting if one != store)
    return request.model_copy(update={"awaiting": left})


def whole(read_at: Container[str]) -> bool:
    """Whether what every store told is there: a package is of all of them."""
    return all(store in read_at for store in REQUIRED["access"])


def again_at(request: Request, now: datetime) -> datetime:
    """When stores that are silent are asked again: as long from now as they have been silent."""
    silent = now - (request.asked_at or now)
    return now + min(max(silent, FIRST), LONGEST)


def ready(request: Request, until: datetime) -> Request:
    """The package can be fetched, until then."""
    return request.model_copy(update={"state": "ready", "package_until": until})
