"""How a call went, from what its provider reported."""

from enum import StrEnum

from libs.common.events.calls import CallEnded

SHORT_SECONDS = 6
"""Telnyx counts connected calls of at most six seconds as short."""


class Outcome(StrEnum):
    """How a call stands or went. `missed` is every call that nobody took."""

    RINGING = "ringing"
    ANSWERED = "answered"
    MISSED = "missed"
    BUSY = "busy"
    REJECTED = "rejected"
    SHORT = "short"


TAKEN = frozenset({Outcome.ANSWERED, Outcome.SHORT})
NOT_TAKEN = frozenset({Outcome.MISSED, Outcome.BUSY, Outcome.REJECTED})

_BY_CAUSE = {
    "originator_cancel": Outcome.MISSED,
    "user_busy": Outcome.BUSY,
    "call_rejected": Outcome.REJECTED,
}
_BY_SIP_CODE = {"487": Outcome.MISSED, "486": Outcome.BUSY, "603": Outcome.REJECTED}


def of_unanswered(end: CallEnded) -> Outcome:
    """The outcome of a call that ended without an answer.

    The cause goes before the SIP code, which may be absent or a Q.850 code. The list of causes
    grows: whatever we do not know is missed as well.
    """
    by_code = _BY_SIP_CODE.get(end.sip_code or "", Outcome.MISSED)
    return _BY_CAUSE.get(end.cause, by_code)


def of_answered(talk_seconds: float | None) -> Outcome:
    """The outcome of an answered call; None while it goes on."""
    short = talk_seconds is not None and talk_seconds <= SHORT_SECONDS
    return Outcome.SHORT if short else Outcome.ANSWERED
