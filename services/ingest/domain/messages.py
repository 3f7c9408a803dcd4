"""Telnyx's message events as facts of ours: an allow-list, so nothing undeclared passes.

Source: Telnyx, "Messaging webhooks". A text leaves here sealed; what it asks for is read before.
"""

from libs.common import keywords
from libs.common.events import MessageReceived, MessageStatus
from libs.common.phone import caller
from services.ingest.domain.envelope import Received
from services.ingest.domain.family import Family, Reading
from services.ingest.domain.routing import Ends
from services.ingest.domain.shapes import (
    attachments,
    beside_the_point,
    cost,
    errors,
    numbers,
    recipients,
    reference,
    status,
)

RECEIVED = "message.received"


def ends(received: Received) -> Ends:
    """What a message event tells about its owner: to us it came, or from us it went.

    Raises NotUnderstood.
    """
    payload = received.payload
    at = beside_the_point(payload.moment, "received_at") or received.occurred_at
    profile = beside_the_point(payload.optional_identifier, "messaging_profile_id")
    if received.type != RECEIVED:
        return Ends(at, origin=_first(numbers(payload, "from")), messaging_profile=profile)
    to = recipients(payload)
    return Ends(at, to=_first(to), messaging_profile=profile, also_to=to[1:])


def _received(received: Received, reading: Reading) -> MessageReceived:
    """A text, or attachments without one. Its moment is the provider's receipt of it."""
    payload = received.payload
    party = caller(_first(numbers(payload, "from")), reading.region)
    to = recipients(payload)
    text = payload.prose("text")
    answered = (beside_the_point(payload.word, "autoresponse_type") or "").lower() or None
    return MessageReceived(
        message_id=payload.identifier("id"),
        occurred_at=beside_the_point(payload.moment, "received_at") or received.occurred_at,
        line=caller(to[0], reading.region).e164 if len(to) == 1 else None,
        messaging_profile=beside_the_point(payload.optional_identifier, "messaging_profile_id"),
        party=party.e164,
        party_kind=party.kind,
        subject=reading.code(party.e164) if party.e164 else None,
        sealed=reading.seal(text) if text else None,
        keyword=_keyword(text, answered),
        autoresponse=answered,
        parts=beside_the_point(payload.count, "parts"),
        media=attachments(payload),
    )


def _status(received: Received, reading: Reading) -> MessageStatus:
    """A receipt for a message that we sent."""
    payload = received.payload
    recipient = caller(_first(numbers(payload, "to")), reading.region).e164
    total, currency = cost(payload)
    return MessageStatus(
        message_id=payload.identifier("id"),
        reference=reference(payload.raw("webhook_url"), received.query),
        occurred_at=received.occurred_at,
        status=status(payload),
        errors=errors(payload),
        parts=beside_the_point(payload.count, "parts"),
        cost=total,
        currency=currency,
        subject=reading.code(recipient) if recipient else None,
    )


def _keyword(text: str | None, answered: str | None) -> str:
    """What the text asks for: the stricter of our word and the provider's, else our own.

    An agency's profile at the provider may know words that we do not.
    """
    words = (str(keywords.read(text)), answered if answered in _ASKED else "none")
    return max(words, key=lambda word: _STRICTNESS.get(word, 1))


_ASKED = ("stop", "start", "help")
_STRICTNESS = {"stop": 3, "suspected": 2, "none": 0}  # whatever else is asked for lies between


def _first(found: tuple[str, ...]) -> str | None:
    return (found[0] or None) if found else None


FAMILY = Family(
    ends,
    {RECEIVED: _received, "message.sent": _status, "message.finalized": _status},
    ("message.read", "replaced_link_click", "10dlc."),
)
