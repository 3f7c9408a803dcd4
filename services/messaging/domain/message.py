"""A message as it stands, whichever way it goes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

UNANSWERED: Final = frozenset({"queued", "sending", "unknown", "needs_review"})
"""States in which the provider has not yet been seen to take the message."""

PLATFORM: Final = "platform"
"""Who asks for confirmations, and for words about a request of the person's own."""

ALWAYS: Final = frozenset({"one_time_code", "confirmation"})
"""Classes that a person who stopped still gets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One text. `party` and `text` are sealed; `line` is our side of it.

    `ref` names the attempt in hand, `attempt` counts them, `first_at` is when the first began.
    `doubt_at` is since when nobody knows what became of it, or, while it is queued, whether the
    person still agrees. `cost` is a decimal as text.
    From `useless_at` on it is not sent any more.
    `traceparent` is the W3C context in which it was asked for.
    """

    id: str
    direction: str
    state: str
    subject: str
    party: bytes
    created_at: datetime
    text: bytes | None = None
    message_class: str | None = None
    purpose: str | None = None
    line: str | None = None
    encoding: str | None = None
    units: int | None = None
    parts: int | None = None
    send_at: datetime | None = None
    requested_by: str | None = None
    fingerprint: str | None = None
    ref: str | None = None
    attempt: int = 0
    first_at: datetime | None = None
    lease_until: datetime | None = None
    doubt_at: datetime | None = None
    provider_id: str | None = None
    code: str | None = None
    provider_code: str | None = None
    sentence: str | None = None
    cost: str | None = None
    currency: str | None = None
    sent_at: datetime | None = None
    final_at: datetime | None = None
    valid_until: datetime | None = None
    useless_at: datetime | None = None
    keyword: str | None = None
    settled_by: str | None = None
    settled_for: str | None = None
    traceparent: str | None = None

    @property
    def secret(self) -> bool:
        """Whether it is a code by which the person shows who they are: nobody else may read it."""
        return self.message_class == "one_time_code" and self.requested_by == PLATFORM

    @property
    def stoppable(self) -> bool:
        """Whether a person who wants no more messages is spared this one."""
        return self.message_class not in ALWAYS
