"""Messages in the shape of Telnyx: answers of the API, receipts, and what people wrote.

Sources: a real answer of March 2025, the samples of the messaging webhooks, the classes of the SDK.
Money is text, the parts of a cost sum up to it, and times have milliseconds and `+00:00`.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from deploy.simulator.messages.errors import Flaw
from deploy.simulator.messages.measure import Measure, measure
from deploy.simulator.messages.optouts import Word
from deploy.simulator.messages.sending import Send
from deploy.simulator.payloads import Event, Json

ORGANIZATION = "47a530f8-4362-4526-829b-bcee17fd9f7a"

_RATE = Decimal("0.00400")
_CARRIER_FEE = Decimal("0.01000")
_VALID = timedelta(hours=1)
_ONLY_ANSWERED = {"cc", "webhook_failover_url"}
_NOT_YET_SENT = {
    "cost_breakdown",
    "tags",
    "tcr_campaign_billable",
    "tcr_campaign_id",
    "tcr_campaign_registered",
}


class Notice(Event):
    """An event of a message."""

    def occurred_at(self) -> str:
        """Milliseconds and an offset, as messaging events write time."""
        return moment(self.at)


@dataclass
class Outbound:
    """A message that we send, from its acceptance on. `withheld` ones are shown to nobody."""

    id: str
    send: Send
    profile: str
    measure: Measure
    received_at: datetime
    withheld: bool = False
    status: str = "queued"
    sent_at: datetime | None = None
    completed_at: datetime | None = None
    errors: list[Flaw] = field(default_factory=list)

    def payload(self) -> Json:
        """The message as the API answers it."""
        send, parts = self.send, self.measure.parts
        return {
            "record_type": "message",
            "direction": "outbound",
            "id": self.id,
            "type": "SMS",
            "organization_id": ORGANIZATION,
            "messaging_profile_id": self.profile,
            "from": _ours(send.origin),
            "to": [self._recipient()],
            "cc": [],
            "text": send.text,
            "media": [],
            "webhook_url": send.webhook_url,
            "webhook_failover_url": send.webhook_failover_url,
            "encoding": self.measure.encoding,
            "parts": parts,
            "tags": [],
            "cost": _money((_RATE + _CARRIER_FEE) * parts, 4),
            "tcr_campaign_id": None,
            "tcr_campaign_billable": False,
            "tcr_campaign_registered": None,
            "received_at": moment(self.received_at),
            "sent_at": _optional(self.sent_at),
            "completed_at": _optional(self.completed_at),
            "valid_until": moment(self.received_at + _VALID),
            "errors": [flaw.json() for flaw in self.errors],
            "cost_breakdown": {
                "rate": _money(_RATE * parts, 5),
                "carrier_fee": _money(_CARRIER_FEE * parts, 5),
            },
        }

    def receipt(self) -> Json:
        """The message as `message.sent` and, once it is completed, `message.finalized` tell it."""
        unsaid = _ONLY_ANSWERED | (set() if self.completed_at else _NOT_YET_SENT)
        return {name: value for name, value in self.payload().items() if name not in unsaid}

    def _recipient(self) -> Json:
        reached = not self.errors
        return {
            "phone_number": self.send.to,
            "status": self.status,
            "carrier": "T-MOBILE USA, INC." if reached else "",
            "line_type": "Wireless" if reached else "",
        }


@dataclass(frozen=True)
class Inbound:
    """A text of a person to one of our numbers. `autoresponse` is what was answered already."""

    id: str
    origin: str
    to: str
    text: str
    profile: str
    received_at: datetime
    webhook_url: str
    autoresponse: Word | None = None

    def payload(self) -> Json:
        """The message as `message.received` tells it."""
        measured = measure(self.text)
        payload: Json = {
            "completed_at": None,
            "cost": _money(Decimal(), 4),
            "direction": "inbound",
            "encoding": measured.encoding,
            "errors": [],
            "from": _number(self.origin, "T-Mobile USA", "long_code"),
            "id": self.id,
            "media": [],
            "messaging_profile_id": self.profile,
            "organization_id": ORGANIZATION,
            "parts": measured.parts,
            "received_at": moment(self.received_at),
            "record_type": "message",
            "sent_at": None,
            "tags": [],
            "text": self.text,
            "to": [_ours(self.to) | {"status": "webhook_delivered"}],
            "type": "SMS",
            "valid_until": None,
            "webhook_failover_url": None,
            "webhook_url": self.webhook_url,
        }
        return payload | ({"autoresponse_type": self.autoresponse} if self.autoresponse else {})


def moment(at: datetime) -> str:
    """Milliseconds and `+00:00`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _optional(at: datetime | None) -> str | None:
    return None if at is None else moment(at)


def _money(amount: Decimal, places: int) -> Json:
    return {"amount": f"{amount:.{places}f}", "currency": "USD"}


def _ours(sender: str) -> Json:
    return _number(sender, "Telnyx", "Wireless") if sender.startswith("+") else _number(sender)


def _number(number: str, carrier: str = "", line_type: str = "") -> Json:
    return {"phone_number": number, "carrier": carrier, "line_type": line_type}
