"""What an attempt to send came to. A message that may have gone is never sent again."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from services.messaging.domain.failures import UNKNOWN, Failure, decisive, of_codes

FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(minutes=10)
_DOUBLINGS: Final = 10

_TIMEOUT, _TOO_MANY = 408, 429
_UNREACHABLE: Final = Failure(
    "transient",
    "provider_unreachable",
    "The provider could not be reached while the message was still wanted. Send it again.",
    retry=True,
)
_DELAYED: Final = Failure(
    "transient",
    "attempt_delayed",
    "The platform was too slow to send the message while it was still wanted. Send it again.",
    retry=True,
)
_UNSENT: Final = {"connect": _UNREACHABLE, "late": _DELAYED}
_DENIED: Final = Failure(
    "account",
    "provider_denied",
    "The provider did not admit the platform while the message was still wanted. Ask your "
    "operator to look into it, then send it again.",
    retry=True,
    pause=timedelta(minutes=1),
)
_UNPAID: Final = Failure(
    "account",
    "provider_unpaid",
    "The provider wants to be paid before it sends more. Ask your operator to see to that, then "
    "send it again.",
    retry=True,
    pause=timedelta(minutes=1),
    whose="profile",
)
_WITHOUT_CODE: Final = {
    401: replace(_DENIED, whose="profile"),
    402: _UNPAID,
    403: _DENIED,  # of whatever code: it may be for this one message
    _TOO_MANY: of_codes(["10011"]),
}
"""What a status means where no code that is known says it better."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: an HTTP status with error codes or an id, or the trouble there was.

    `connect`: no connection, so that nothing was sent. `late`: too little time was left, so nothing
    was sent either. `lost`: it was sent, wholly or in part, and no answer came.
    """

    status: int | None
    codes: tuple[str, ...] = ()
    provider_id: str | None = None
    trouble: Literal["connect", "late", "lost"] | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """Which attempt it was, counted from 1, when it ended, and until when to go on trying.

    What is `patient` waits for the end of a hold, however long that lasts.
    """

    number: int
    at: datetime
    give_up_at: datetime
    patient: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has it, under this id."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Again:
    """The provider certainly does not have it: try again after this time."""

    after: timedelta
    code: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The provider certainly does not have it, and there is no use in trying again."""

    code: str
    provider_code: str | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can tell: only a receipt or a person may settle it."""

    code: str = "no_answer"


def of(answer: Answer, attempt: Attempt) -> Accepted | Again | Failed | Unknown:
    """What an attempt came to.

    Certainly not accepted: no connection, no time left to ask, 401 and 403 for the key, 429 for
    the rate, and 4xx by its code. Cannot know: an answer that was lost, 5xx, 408, anything else,
    and 2xx without an id.
    """
    if answer.trouble in _UNSENT:
        return _failure(_UNSENT[answer.trouble], None, attempt)
    if answer.status and 200 <= answer.status < 300 and answer.provider_id:
        return Accepted(answer.provider_id)
    failure = refusal(answer)
    return _failure(failure, decisive(answer.codes), attempt) if failure else Unknown()


def refusal(answer: Answer) -> Failure | None:
    """Why the provider refused; None where it did not, or nobody can tell."""
    status = answer.status or 0
    if answer.trouble or status == _TIMEOUT or not 400 <= status < 500:
        return None
    failure = of_codes(answer.codes)
    return _WITHOUT_CODE.get(status, UNKNOWN) if failure is UNKNOWN else failure


def backoff(number: int) -> timedelta:
    """How long to wait after so many attempts: 5 s, doubled with each, 10 min at the most."""
    return min(FIRST_PAUSE * (1 << min(number - 1, _DOUBLINGS)), LONGEST_PAUSE)


def _failure(failure: Failure, provider_code: str | None, attempt: Attempt) -> Again | Failed:
    after = max(backoff(attempt.number), failure.pause or timedelta())
    in_time = attempt.at + after < attempt.give_up_at
    if failure.retry and (attempt.patient if failure.kind == "hold" else in_time):
        return Again(after, failure.code)
    return Failed(failure.code, provider_code, failure.sentence)
