"""What an agency's app may be told of, and how little each delivery says.

A delivery is thin: ids of ours, versions and words for a state, and no number, name or text. What
the app wants to know it fetches through the API, under its own scopes and at that moment. So a
delivery that is hours late tells nothing of somebody who was erased, removed or restricted since,
and what lies in foreign logs is nothing that an erasure would have to reach.

Calls and texts are named by their own ids alone: the keyed code of a person stands only where it is
what the event is about (`consent.changed`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

from libs.common.events import (
    CallAnswered,
    CallEnded,
    CallMatched,
    CallStarted,
    ConsentChanged,
    CustomerRemoved,
    CustomerSaved,
    Event,
    ImportFinished,
    InsightProduced,
    SmsBlocked,
    SmsDelivered,
    SmsFailed,
    SmsReceived,
    SmsSent,
    SmsUnconfirmed,
)

Kind = Literal[
    "call.started",
    "call.answered",
    "call.matched",
    "call.ended",
    "insight.produced",
    "sms.sent",
    "sms.delivered",
    "sms.failed",
    "sms.blocked",
    "sms.unconfirmed",
    "sms.received",
    "consent.changed",
    "customer.saved",
    "customer.removed",
    "import.finished",
]
"""The types that an endpoint may choose."""

TEST: Final = "webhook.test"
"""Sent on request, whatever an endpoint has chosen."""

TOLD: Final[Mapping[type[Event], tuple[str, ...]]] = {
    CallStarted: ("session_id", "direction"),
    CallAnswered: ("session_id",),
    CallMatched: ("session_id", "outcome"),
    CallEnded: ("session_id", "cause"),
    InsightProduced: ("session_id", "insight_id", "version"),
    SmsSent: ("message_id",),
    SmsDelivered: ("message_id",),
    SmsFailed: ("message_id", "code"),
    SmsBlocked: ("message_id", "code"),
    SmsUnconfirmed: ("message_id", "reason"),
    SmsReceived: ("message_id",),
    ConsentChanged: ("subject", "version"),
    CustomerSaved: ("customer_id", "version"),
    CustomerRemoved: ("customer_id",),
    ImportFinished: ("import_id", "state"),
}
"""The fields of each event that are told; all others stay here."""

_OUTSIDE: Final = {"session_id": "call_id"}
_HAPPENED: Final = ("occurred_at", "matched_at", "changed_at", "removed_at")


@dataclass(frozen=True, slots=True)
class Thin:
    """What apps are told of one event, which happened `at`.

    `subject`, `call` and `customer` say whom it is about as far as the event does, so that it can
    be found when they are erased or removed.
    """

    type: str
    at: datetime
    data: Mapping[str, str | int]
    subject: str | None = None
    call: str | None = None
    customer: str | None = None

    @property
    def body(self) -> str:
        """The payload, as it is signed and sent each time."""
        told = {"type": self.type, "timestamp": _rfc3339(self.at), "data": dict(self.data)}
        return json.dumps(told, separators=(",", ":"))


def thin(fact: Event, now: datetime) -> Thin:
    """What is told of an event. A match names the customer only where one stands out."""
    data = {_OUTSIDE.get(name, name): getattr(fact, name) for name in TOLD[type(fact)]}
    if isinstance(fact, CallMatched) and fact.outcome == "matched" and fact.best:
        data["customer_id"] = fact.best.customer_id
    times = (getattr(fact, name, None) for name in _HAPPENED)
    return Thin(
        type=fact.TYPE,
        at=next((at for at in times if at is not None), now),
        data=data,
        subject=getattr(fact, "subject", None),
        call=getattr(fact, "session_id", None),
        customer=data.get("customer_id"),
    )


def trial(webhook: str, now: datetime) -> Thin:
    """What is sent to try an endpoint."""
    return Thin(TEST, now, {"webhook_id": webhook})


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
