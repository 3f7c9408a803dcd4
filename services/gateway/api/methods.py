"""A path that there is, asked for by a method that it does not take."""

from fastapi import Request

from libs.common.web import Problem, not_found
from libs.common.web.problems import of_status
from services.gateway.api.access import Asker, counted
from services.gateway.api.apps import key_in
from services.gateway.domain.permissions import Operation
from services.gateway.domain.roles import OPEN


async def refusal(request: Request, beside: tuple[Operation, ...]) -> Problem:
    """405 with the methods that who asks may use there; 404 where there is none, as for any path.

    Raises Problem 429: it is counted as what the path takes is.
    """
    asker = await _asker(request) if beside else None
    scopes = {OPEN} | (asker.scopes if asker else frozenset())
    allowed = sorted({one.method for one in beside if one.scope in scopes})
    return of_status(405, {"Allow": ", ".join(allowed)}) if allowed else not_found()


async def _asker(request: Request) -> Asker | None:
    """Who asks, where that is known; what is wrong with a key or a session is not said here."""
    try:
        return await counted(request, key_in(request))
    except Problem as problem:
        if problem.status == 429:
            raise
        return None
