"""One event on its way to one endpoint: when it is tried again, and when it is given up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import NAMESPACE_URL, uuid5

from services.gateway.domain.hooks.telling import Thin

WAITS: Final[Sequence[timedelta]] = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=18),
    timedelta(hours=22, minutes=24),
)
"""Between one attempt and the next: eleven attempts in three days."""

JITTER: Final = 0.2
"""A wait is longer by up to this part of it, so that what failed together is not tried together."""

KEPT: Final = timedelta(days=7)
"""How long the log keeps a delivery; as long as the topics keep the event it tells of."""

State = Literal["pending", "delivered", "failed"]
Trouble = Literal[
    "answer", "connect", "disabled", "forbidden_address", "lost", "timeout", "tls", "unresolved"
]

_NAMESPACE: Final = uuid5(NAMESPACE_URL, "urn:intnet:delivery")
_GOOD, _GONE = range(200, 300), 410


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: the status of an answer, or the trouble that there was none."""

    status: int | None = None
    trouble: Trouble | None = None

    @property
    def good(self) -> bool:
        """Whether the endpoint has taken it: 2xx, and nothing else."""
        return self.status in _GOOD

    @property
    def gone(self) -> bool:
        """Whether the endpoint wants no more of any."""
        return self.status == _GONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """`id` is the `webhook-id` of every attempt. `tries` counts since it was (re)sent by hand."""

    id: str
    webhook: str
    event: str
    type: str
    at: datetime
    body: str
    created_at: datetime
    subject: str | None = None
    about: tuple[str, ...] = ()
    state: State = "pending"
    attempts: int = 0
    tries: int = 0
    status: int | None = None
    trouble: Trouble | None = None
    last_at: datetime | None = None
    next_at: datetime | None = None

    def after(self, outcome: Outcome, now: datetime, luck: float) -> "Delivery":
        """After an attempt; `luck`, from 0 to 1, draws the wait before the next one."""
        tried = replace(
            self,
            attempts=self.attempts + 1,
            tries=self.tries + 1,
            status=outcome.status,
            trouble=None if outcome.good else outcome.trouble or "answer",
            last_at=now,
        )
        if outcome.good:
            return replace(tried, state="delivered", next_at=None)
        if outcome.gone or tried.tries > len(WAITS):
            return replace(tried, state="failed", next_at=None)
        return replace(tried, next_at=now + WAITS[self.tries] * (1 + JITTER * luck))

    def given_up(self) -> "Delivery":
        """Its endpoint is disabled: it is not tried any more."""
        return replace(self, state="failed", trouble="disabled", next_at=None)

    def again(self, now: datetime) -> "Delivery":
        """Sent once more by hand, under the same id, so that an app that had it knows."""
        return replace(self, state="pending", tries=0, next_at=now)


def delivery_id(event: str, webhook: str) -> str:
    """The same for every repetition of the event."""
    return f"msg_{uuid5(_NAMESPACE, f'{event}/{webhook}').hex}"


def owed(told: Thin, event: str, webhook: str, now: datetime) -> Delivery:
    """What an endpoint is owed of an event."""
    about = (told.call and f"call:{told.call}", told.customer and f"customer:{told.customer}")
    return Delivery(
        id=delivery_id(event, webhook),
        webhook=webhook,
        event=event,
        type=told.type,
        at=told.at,
        body=told.body,
        created_at=now,
        subject=told.subject,
        about=tuple(one for one in about if one),
        next_at=now,
    )
