"""A request of one person about the person's data, from its arrival to its end."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from services.consent.domain.ledger.record import Moment
from services.consent.domain.rights.code import Code

Kind = Literal["access", "erasure", "correction", "objection", "restriction"]
Channel = Literal["api", "agent", "oral", "email", "post", "web", "sms"]
State = Literal[
    "received",
    "verifying",
    "in_progress",
    "ready",
    "delivered",
    "completed",
    "partially_fulfilled",
    "refused",
    "expired",
]
Status = Literal[State, "extended"]
How = Literal["document", "in_person", "called_back", "account", "representative"]
Ground = Literal["not_identified", "unfounded", "repetitive", "disproportionate", "legal_duty"]

UNVERIFIED: Final = frozenset({"received", "verifying"})
CLOSED: Final = frozenset({"delivered", "completed", "partially_fulfilled", "refused", "expired"})


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Verified(_Part):
    """How it is known that the person asks: by a code, or since somebody of the agency says so.

    `how` and `reason` (sealed) are told where somebody did.
    """

    at: Moment
    by: Literal["code", "attested"]
    who: str
    how: How | None = None
    reason: bytes | None = None


class Extension(_Part):
    """Why it takes longer (sealed), since when that is known, and when it was due before."""

    at: Moment
    who: str
    reason: bytes
    first_due_at: Moment


class Refusal(_Part):
    """Why nothing is done: a code, and a sentence for the person (sealed)."""

    at: Moment
    who: str
    ground: str
    sentence: bytes | None = None


class Request(_Part):
    """The whole of it. What is sealed is bytes; `number` is gone when the request is closed.

    `received_at` is when it came, on whatever channel; `opened_at` when it was written down here.
    `customers` are the records of matcher that the agency says are this person's. `awaiting` are
    services whose answer is missing; `asked_at` is since when. What they told before `told_from`
    counts no more. A package can be fetched until `package_until`. `warned` is the last part of
    the time, in percent, at whose end the agency was warned. `erasure` is the entry that this
    request is fulfilled by. `holders` are records of which this person's is to be named.
    """

    id: str
    kind: Kind
    channel: Channel
    subject: str
    number: bytes | None
    state: State = "received"
    received_at: Moment
    opened_at: Moment
    due_at: Moment
    target_at: Moment
    opened_by: str
    fingerprint: str | None = None
    customers: tuple[str, ...] | None = None
    holders: tuple[str, ...] = ()
    correction: bytes | None = None
    code: Code | None = None
    verified: Verified | None = None
    extension: Extension | None = None
    refusal: Refusal | None = None
    awaiting: tuple[str, ...] = ()
    asked_at: Moment | None = None
    told_from: Moment | None = None
    package_until: Moment | None = None
    warned: int = 0
    breached_at: Moment | None = None
    erasure: str | None = None
    certificate: str | None = None
    closed_at: Moment | None = None

    @property
    def closed(self) -> bool:
        """Whether nothing more is done about it."""
        return self.state in CLOSED

    @property
    def unverified(self) -> bool:
        """Whether nobody knows yet that it is the person who asks."""
        return self.state in UNVERIFIED

    @property
    def unordered(self) -> bool:
        """Whether it is known who asks, but not yet whose records go by the number."""
        ordered = self.asked_at or self.erasure or self.kind not in {"access", "erasure"}
        return self.state == "in_progress" and not ordered

    @property
    def own(self) -> bool:
        """Whether the person asked from the number itself; else the agency wrote it down."""
        return self.channel == "sms"

    @property
    def status(self) -> Status:
        """The word for the person."""
        open_still = self.unverified or self.state == "in_progress"
        return "extended" if self.extension and open_still else self.state
