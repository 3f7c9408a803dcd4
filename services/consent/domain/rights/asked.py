"""What a person asks for, from wherever it comes, to the request that is opened."""

from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from libs.common.events import MessageReceived, derived_id
from libs.common.profiles import Due
from services.consent.domain.ledger.record import Moment
from services.consent.domain.rights.deadlines import due_at, target_at
from services.consent.domain.rights.request import Channel, Kind, Request

_SAID: Final[dict[str, Kind]] = {"access": "access", "erase": "erasure"}


class Asking(BaseModel):
    """The request without what follows from the agency's law; the fields are those of `Request`."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    id: str
    kind: Kind
    channel: Channel
    subject: str
    number: bytes
    received_at: Moment
    opened_by: str
    customers: tuple[str, ...] | None = None
    correction: bytes | None = None
    fingerprint: str | None = None

    def opened(self, due: Due, zone: ZoneInfo, now: datetime) -> Request:
        """The request, with its days."""
        return Request(
            **dict(self),
            opened_at=now,
            due_at=due_at(self.received_at, due, zone),
            target_at=target_at(self.received_at, due, zone),
        )


def of_message(message: MessageReceived, number: bytes, now: datetime) -> Asking | None:
    """What a text asks for; None where it asks for nothing of the kind."""
    kind = _SAID.get(message.keyword)
    if kind is None or message.subject is None:
        return None
    cause = f"message.received/{message.message_id}"
    return Asking(
        id=f"req_{UUID(derived_id(cause, 'request')).hex}",
        kind=kind,
        channel="sms",
        subject=message.subject,
        number=number,
        received_at=min(message.occurred_at, now),
        opened_by="the person",
    )
