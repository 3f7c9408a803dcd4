"""What becomes of the texts that an agency writes and gets. No event holds a text or a number."""

from typing import ClassVar

from pydantic import AwareDatetime

from libs.common.events.base import Event


class Sms(Event):
    """What these events share. `message_id` is ours; `subject` is the other side's keyed code.

    `occurred_at` is when it happened, by the provider's clock where the provider reported it.
    """

    TOPIC: ClassVar[str] = "sms.v1"

    message_id: str
    subject: str
    occurred_at: AwareDatetime

    def about(self) -> str:
        """The message."""
        return self.message_id


class SmsRequested(Sms):
    """Somebody asked for a message; nothing is sent yet.

    `message_class` is promotional, service, personal, one_time_code or confirmation.
    """

    TYPE: ClassVar[str] = "sms.requested"

    message_class: str
    purpose: str
    send_at: AwareDatetime | None = None
    parts: int
    requested_by: str


class SmsBlocked(Sms):
    """The gate refused it, or what is due was withdrawn: it will never be sent."""

    TYPE: ClassVar[str] = "sms.blocked"

    message_class: str
    purpose: str
    code: str


class SmsSent(Sms):
    """The provider has taken it. `cost` is a decimal as text, None until it is known."""

    TYPE: ClassVar[str] = "sms.sent"

    provider_id: str
    parts: int | None = None
    cost: str | None = None
    currency: str | None = None


class SmsDelivered(Sms):
    """The recipient's network has confirmed it."""

    TYPE: ClassVar[str] = "sms.delivered"


class SmsFailed(Sms):
    """It was not delivered. `code` is ours, `provider_code` the provider's."""

    TYPE: ClassVar[str] = "sms.failed"

    code: str
    provider_code: str | None = None


class SmsUnconfirmed(Sms):
    """Nobody can tell what became of it. `reason` is no_answer or no_receipt."""

    TYPE: ClassVar[str] = "sms.unconfirmed"

    reason: str


class SmsReceived(Sms):
    """A text of the other side is in its conversation. `keyword` is as in `message.received`."""

    TYPE: ClassVar[str] = "sms.received"

    keyword: str


class SmsStopped(Event):
    """The provider sends the person no more of the agency's texts: the person has told it STOP.

    No text of ours was the occasion: it stands on the provider's list. `occurred_at` is when the
    person did so, by the provider's clock.
    """

    TYPE: ClassVar[str] = "sms.stopped"
    TOPIC: ClassVar[str] = "sms.v1"

    subject: str
    occurred_at: AwareDatetime

    def about(self) -> str:
        """The person."""
        return self.subject
