"""Requests that may come twice: what a POST with an `Idempotency-Key` is answered.

The first is carried out, and its answer kept for a day; whoever sends it again gets that answer.
Where it is not known whether the first was done, a repetition is carried out only if that can
make no second thing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from services.gateway.domain.permissions import Operation
from services.gateway.domain.roles import OPEN
from services.gateway.domain.routes import UPLOADS

KEPT: Final = timedelta(hours=24)
LONGEST: Final = 256 * 1024
"""Bytes of an answer that is kept. Of a longer one it is kept that the request was carried out."""

ELSEWHERE: Final = frozenset(
    {"POST /v1/messages", "POST /v1/consents", "POST /v1/privacy/requests"}
)
"""Their services know the key by themselves, and for longer."""
UNKEPT: Final = frozenset(
    {
        "POST /v1/customers:find",
        "POST /v1/conversations:find",
        "POST /v1/consents:find",
        "POST /v1/messages:check",
        "POST /v1/session:change-password",
    }
)
"""They change nothing, and are answered as things are now; or begin a session, as signing in does,
and whoever shows what was sent for the former one is not let in again."""
HARMLESS: Final = UPLOADS | {
    "POST /v1/customers",
    "POST /v1/sessions:end-others",
    "POST /v1/users",
    "POST /v1/users/{user_id}:reset",
    "POST /v1/messages/{message_id}:cancel",
}
"""What is done twice here is as if done once, so it is tried again where nobody knows."""

_KEY = re.compile(rb"[!-~]{1,255}")
_HEADERS: Final = frozenset(
    {"content-type", "content-language", "etag", "last-modified", "link", "location"}
)
_IN_HAND, _UPLOAD_IN_HAND = timedelta(seconds=90), timedelta(seconds=1_860)
"""Longer than any answer is waited for: after it, the process that had the request is gone."""

State = Literal["in_hand", "kept", "gone", "unknown"]
Fate = Literal["kept", "free", "unknown"]
Reply = Literal["replay", "mismatch", "in_hand", "gone", "unknown", "free"]


@dataclass(frozen=True)
class Claim:
    """A request that is being carried out. `id` is the code of who asks and their key.

    `fence` is another one each time. `fingerprint` is the code of method, path and body, None while
    these are still coming. Nobody waits for its answer after `until`.
    """

    id: str
    fence: str
    fingerprint: str | None
    at: datetime
    until: datetime


@dataclass(frozen=True)
class Answer:
    """What was answered. `body` is None where it was too long to be kept."""

    status: int
    headers: Mapping[str, str]
    body: bytes | None


@dataclass(frozen=True)
class Known:
    """What is known of a request. `withheld_at`: what was kept until then is not given out."""

    claim: Claim
    state: State
    answer: Answer | None = None
    withheld_at: datetime | None = None

    def reply(self, fingerprint: str, harmless: bool, now: datetime) -> Reply:
        """What somebody with the same key is told; `free`: theirs is carried out."""
        claim = self.claim
        if now >= claim.at + KEPT:
            return "free"
        if claim.fingerprint not in {None, fingerprint}:
            return "mismatch"
        if self.state == "in_hand":
            if now < claim.until:
                return "in_hand"
            return "free" if harmless else "unknown"
        if self.state == "unknown":
            return "unknown"
        withheld = self.withheld_at is not None and claim.at <= self.withheld_at
        return "gone" if withheld or self.answer is None else "replay"


def usable(key: bytes) -> bool:
    """Whether this may be a key: 1 to 255 visible characters of ASCII."""
    return _KEY.fullmatch(key) is not None


def takes(row: Operation) -> bool:
    """Whether the header may come with the operation."""
    return row.method == "POST" and row.template.startswith("/v1/")


def keeps(row: Operation) -> bool:
    """Whether the gateway keeps the operation's answers: of strangers there is nobody to know."""
    return takes(row) and row.scope != OPEN and str(row) not in ELSEWHERE | UNKEPT


def harmless(row: Operation) -> bool:
    """Whether doing it twice is as if doing it once."""
    return str(row) in HARMLESS


def patience(row: Operation) -> timedelta:
    """How long the first of the operation's requests may be in hand."""
    return _UPLOAD_IN_HAND if str(row) in UPLOADS else _IN_HAND


def fate(row: Operation, status: int, headers: Mapping[str, str]) -> Fate:
    """What becomes of a key, by the answer.

    503 and whatever says when to come again was not done. Nor was an upload that was refused; much
    of it may be unread, so that nobody could tell it from another.
    """
    if status == 503 or (status < 500 and "retry-after" in headers):
        return "free"
    if status >= 500:
        return "free" if harmless(row) else "unknown"
    if status >= 300 and str(row) in UPLOADS:
        return "free"
    return "free" if status == 401 else "kept"


def worth_keeping(headers: Mapping[str, str]) -> dict[str, str]:
    """Those headers, by names in lower case, that belong to the answer and to no one sending."""
    return {name: value for name, value in headers.items() if name in _HEADERS}
