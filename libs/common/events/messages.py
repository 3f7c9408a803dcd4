"""Text messages, as the provider reports them and as far as we may keep them.

Source of the fields: Telnyx, "Messaging webhooks", and real deliveries.
"""

from typing import Annotated, ClassVar

from pydantic import AwareDatetime

from libs.common.events.base import Event
from libs.common.events.personal import RECOGNISE, WRITE, Personal

Number = Annotated[str, Personal("contact", RECOGNISE)]
SealedText = Annotated[str, Personal("content", WRITE, "sealed")]

TEXT_FIELD = "message.text"
"""What the text of a message is bound to when it is sealed, wherever it lies."""


class MessageReceived(Event):
    """Somebody wrote to one of the agency's numbers.

    `message_id` is the provider's. `party`, `party_kind` and `subject` are as in `call.started`.
    `sealed` is the text under the tenant's text key, in base64; None where there was none.
    `keyword` is stop, start, help, suspected, access, erase or none. `autoresponse` is the same
    word where the provider has answered it already.
    """

    TYPE: ClassVar[str] = "message.received"
    TOPIC: ClassVar[str] = "messages.v1"

    message_id: str
    occurred_at: AwareDatetime
    line: str | None = None
    messaging_profile: str | None = None
    party: Number | None = None
    party_kind: str
    subject: str | None = None
    sealed: SealedText | None = None
    keyword: str = "none"
    autoresponse: str | None = None
    parts: int | None = None
    media: int = 0

    def about(self) -> str:
        """The person, or the message where nobody is known."""
        return self.subject or self.message_id


class MessageStatus(Event):
    """What became of a message that we sent: one receipt.

    `message_id` is the provider's; `reference` is our own, from the URL that we asked the receipts
    to come to. `status` is the provider's word for the recipient; `errors` are its codes.
    """

    TYPE: ClassVar[str] = "message.status"
    TOPIC: ClassVar[str] = "messages.v1"

    message_id: str
    reference: str | None = None
    occurred_at: AwareDatetime
    status: str
    errors: tuple[str, ...] = ()
    parts: int | None = None
    cost: str | None = None
    currency: str | None = None
    subject: str | None = None

    def about(self) -> str:
        """The recipient, or the message where nobody is known."""
        return self.subject or self.message_id
