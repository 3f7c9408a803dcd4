"""The code by which a person shows that the number is theirs: six digits, short-lived, few tries.

It is kept as a keyed code of itself and its request, so that the documents alone do not tell it,
and one that was sent for another request does not fit.
"""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from services.consent.domain.ledger.record import Moment

DIGITS: Final = 6
LIVES: Final = timedelta(minutes=10)
TRIES: Final = 3
MOST_SENT: Final = 3
"""Codes for one request."""
MOST_A_DAY: Final = 6
"""Codes to one number within a day, whatever they are for. Those for what the person asks for from
the number itself are counted from the last time that they asked."""
MOST_FOR_AGENCY: Final = 3
"""Of those, the most that go for requests that the agency wrote down. The rest is left to what
the person asks for from the number itself: nobody at the agency can use that up beforehand."""
DAY: Final = timedelta(days=1)

Keyed = Callable[[str], str]


class Verdict(StrEnum):
    """What a code proves."""

    FITS = "fits"
    WRONG = "wrong_code"
    LOCKED = "code_locked"
    EXPIRED = "code_expired"
    NONE = "no_code"


class Code(BaseModel):
    """The last one sent: `sent` counts those of the request, `tries` the wrong ones of this one."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    salt: str
    digest: str
    sent: int
    sent_at: Moment
    valid_until: Moment
    tries: int = 0

    @property
    def locked(self) -> bool:
        """Whether it was tried too often to be believed."""
        return self.tries >= TRIES


@dataclass(frozen=True)
class Fresh:
    """A code that is to be sent, and the salt it is kept with. Both are random."""

    digits: str
    salt: str

    def kept(self, request: str, before: Code | None, keyed: Keyed, now: datetime) -> Code:
        """As it is kept, in place of the one before."""
        return Code(
            salt=self.salt,
            digest=keyed(_told(request, self.salt, self.digits)),
            sent=before.sent + 1 if before else 1,
            sent_at=now,
            valid_until=now + LIVES,
        )


def no_more(
    before: Code | None,
    sent_to_number: Sequence[datetime],
    now: datetime,
    sent_for_agency: Sequence[datetime] = (),
) -> Literal["no_more_codes", "too_many_codes"] | None:
    """Why no further code may go: there were enough for this request, or to this number today.

    `sent_for_agency` are those for requests that the agency wrote down; none are given where it
    is the person who asked, from the number itself.
    """
    if before and before.sent >= MOST_SENT:
        return "no_more_codes"
    spent = _today(sent_to_number, now) >= MOST_A_DAY
    return "too_many_codes" if spent or _today(sent_for_agency, now) >= MOST_FOR_AGENCY else None


def _today(times: Sequence[datetime], now: datetime) -> int:
    return sum(at > now - DAY for at in times)


def tried(
    code: Code | None, request: str, digits: str, keyed: Keyed, now: datetime
) -> tuple[Code | None, Verdict]:
    """The code after a try, and what the try proves. The comparison takes the same time always."""
    if code is None:
        return None, Verdict.NONE
    if code.locked:
        return code, Verdict.LOCKED
    if now > code.valid_until:
        return code, Verdict.EXPIRED
    if hmac.compare_digest(code.digest, keyed(_told(request, code.salt, digits))):
        return code, Verdict.FITS
    return code.model_copy(update={"tries": code.tries + 1}), Verdict.WRONG


def _told(request: str, salt: str, digits: str) -> str:
    return f"one-time code/{request}/{salt}/{digits}"
