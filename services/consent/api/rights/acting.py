"""Who may do what with requests, and the request that an operation is about."""

from typing import Annotated, Final

from libs.common.service import DECIDE, Caller, acting
from libs.common.web import Problem, not_found
from services.consent.domain.rights.request import Request
from services.consent.store import Store

Reader = Annotated[Caller[Store], acting("privacy:read")]
Writer = Annotated[Caller[Store], acting("privacy:write")]
Decider = Annotated[Caller[Store], acting(DECIDE)]

CLOSED: Final = {"closed": "This request is closed. Open another one."}
KNOWN_BEFORE: Final = CLOSED | {
    "verified_before": "It is known already who asks. Look at the request."
}


async def open_one(request_id: str, store: Store) -> Request:
    """The request. Raises Problem 404, or 409 where it is closed."""
    request = await store.rights.requests.get(request_id)
    if request is None:
        raise not_found()
    if request.closed:
        raise conflict("closed", CLOSED["closed"])
    return request


async def unverified_one(request_id: str, store: Store) -> Request:
    """The request, of which nobody knows yet who asks. Raises Problem 404 or 409."""
    request = await open_one(request_id, store)
    if not request.unverified:
        raise conflict("verified_before", KNOWN_BEFORE["verified_before"])
    return request


def conflict(code: str, detail: str) -> Problem:
    """The answer where the request is not in a state for this."""
    return Problem(409, code, detail)
