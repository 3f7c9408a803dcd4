"""One step of a request: what it is afterwards, and what goes on the record."""

from datetime import datetime
from typing import Any, Final

from libs.common.events import Note, actor_of
from services.consent.domain.rights.deadlines import breached, expires_at, warnings
from services.consent.domain.rights.request import Refusal, Request, State, Verified

ITSELF: Final = "service:consent"
"""Who did what nobody did."""

NO_RECORD: Final = "no_such_record"
"""Why a correction is refused of which no record is there."""


def asked_again(request: Request) -> Request:
    """The person repeats it from the number itself: as many codes may go for it as at first."""
    code = request.code and request.code.model_copy(update={"sent": 0})
    return request.model_copy(update={"code": code})


def verified(request: Request, how: Verified) -> Request:
    """It is known that the person asks; the code is of no more use."""
    return request.model_copy(update={"state": "in_progress", "verified": how, "code": None})


def prover(request: Request) -> str:
    """Who made it known who asks, as notes name them."""
    return actor_of(request.verified.who) if request.verified else ITSELF


def asking(request: Request, service: str) -> Request:
    """A service is asked whose records have the number."""
    return request.model_copy(update={"holders": (), "awaiting": (service,)})


def unnamed(request: Request, holders: tuple[str, ...]) -> Request:
    """Several have the number: it waits until somebody names this person's records."""
    return request.model_copy(update={"holders": holders, "awaiting": ()})


def named(request: Request, customers: tuple[str, ...]) -> Request:
    """These are this person's, and no other."""
    return request.model_copy(update={"holders": (), "customers": customers})


def closed(request: Request, state: State, now: datetime, **told: Any) -> Request:
    """It is done with: what was kept to do it is deleted, the number first."""
    gone = {"number": None, "correction": None, "code": None, "awaiting": (), "holders": ()}
    return request.model_copy(update={**gone, "state": state, "closed_at": now, **told})


def refused(request: Request, refusal: Refusal) -> Request:
    """It is not done, for a reason."""
    return closed(request, "refused", refusal.at, refusal=refusal)


def declined(request: Request, ground: str, now: datetime) -> Request:
    """It cannot be done, as the store of the record found."""
    return refused(request, Refusal(at=now, who=ITSELF, ground=ground))


def looked_at(request: Request, now: datetime) -> tuple[Request, list[Note]]:
    """What time has done to it: warnings, lateness, and an end where nobody answers.

    A warning that came while nobody looked is given late, each once.
    """
    if request.closed:
        return request, []
    notes = [_note(request, "deadline_warned", percent=mark) for mark in warnings(request, now)]
    told: dict[str, Any] = {"warned": max([request.warned, *warnings(request, now)])}
    if breached(request, now):
        notes.append(_note(request, "deadline_breached"))
        told["breached_at"] = now
    after = request.model_copy(update=told)
    expiry = expires_at(request)
    if expiry is None or now < expiry:
        return after, notes
    return closed(after, "expired", now), [*notes, _note(request, "expired")]


def _note(request: Request, verb: str, **facts: int) -> Note:
    return Note(
        action=f"privacy.{verb}",
        actor=ITSELF,
        person=request.subject,
        object=request.id,
        facts={"kind": request.kind, **facts},
    )
