"""Calls, as the provider reports them and as far as we may keep them.

Source of the fields: Telnyx, "Call Control webhooks", and real deliveries.
"""

from typing import Annotated, ClassVar

from pydantic import AwareDatetime

from libs.common.events.base import Event
from libs.common.events.personal import RECOGNISE, Personal

Number = Annotated[str, Personal("contact", RECOGNISE)]
CallerName = Annotated[str, Personal("identity", RECOGNISE)]


class CallEvent(Event):
    """What the events of a call share.

    `session_id` joins the legs of one call; `occurred_at` orders its events.
    """

    TOPIC: ClassVar[str] = "calls.v1"

    session_id: str
    leg_id: str
    occurred_at: AwareDatetime

    def about(self) -> str:
        """The call session."""
        return self.session_id


class CallStarted(CallEvent):
    """A call began to ring.

    `party` is the other side in E.164 where it has such a number; `party_kind` says what it is
    (number, withheld, short_code, text); `subject` is the keyed code of `party`.
    `attestation` is A, B, C, failed, or None where the provider sent none.
    """

    TYPE: ClassVar[str] = "call.started"

    direction: str
    started_at: AwareDatetime
    line: str | None = None
    connection_id: str | None = None
    party: Number | None = None
    party_kind: str
    subject: str | None = None
    caller_name: CallerName | None = None
    attestation: str | None = None
    screening: str | None = None


class CallAnswered(CallEvent):
    """Somebody took the call."""

    TYPE: ClassVar[str] = "call.answered"

    started_at: AwareDatetime | None = None


class CallEnded(CallEvent):
    """The call is over. `sip_code` is text, as the provider sends it."""

    TYPE: ClassVar[str] = "call.ended"

    started_at: AwareDatetime | None = None
    ended_at: AwareDatetime
    cause: str
    source: str
    sip_code: str | None = None


class CallCosted(CallEvent):
    """What the call cost: a decimal as text, and whole seconds."""

    TYPE: ClassVar[str] = "call.costed"

    total: str
    currency: str | None = None
    billed_seconds: int | None = None
