"""The provider's JSON, read by an allow-list; what is missing or strange is as if it was not told.

Source: Telnyx, "Messages", "Webhook deliveries" and "Messaging opt-outs"; real answers where they
differ.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from libs.common import phone
from libs.common.events import MessageStatus
from services.messaging.domain.optouts import OptOut
from services.messaging.domain.outcome import Answer
from services.messaging.domain.reported import Particulars

_TIMES = ("completed_at", "sent_at", "received_at")


def answer(status: int, body: object) -> tuple[Answer, Particulars]:
    """What came back on a request to send."""
    message = _object(_object(body).get("data"))
    cost = _object(message.get("cost"))
    told = Particulars(
        parts=_count(message.get("parts")),
        cost=_decimal(cost.get("amount")),
        currency=_text(cost.get("currency")),
        valid_until=_moment(message.get("valid_until")),
    )
    return Answer(status, _codes(_object(body)), _text(message.get("id"))), told


def message(body: object, ref: str | None) -> MessageStatus | None:
    """A message as the provider shows it, as a receipt for the attempt `ref`."""
    return _receipt(_object(_object(body).get("data")), ref, None)


def deliveries(body: object, ref: str) -> Iterator[MessageStatus]:
    """The receipts for one attempt, among webhooks that the provider has or has not delivered."""
    for one in _list(_object(body).get("data")):
        webhook = _object(_object(one).get("webhook"))
        payload = _object(webhook.get("payload"))
        if _ref(payload.get("webhook_url")) == ref:
            found = _receipt(payload, ref, _moment(webhook.get("occurred_at")))
            if found is not None:
                yield found


def optouts(body: object) -> Iterator[OptOut]:
    """Who is on a page of the provider's list; a number that is none is passed."""
    for one in map(_object, _list(_object(body).get("data"))):
        number = phone.parse(_text(one.get("to")) or "", None, lenient=True)
        at = _moment(one.get("created_at"))
        if isinstance(number, phone.Number) and at is not None:
            line, profile = _text(one.get("from")), _text(one.get("messaging_profile_id"))
            yield OptOut(number.e164, line, profile, at)


def is_last(body: object, page: int) -> bool:
    """Whether nothing follows this page, which is counted from 1."""
    pages = _count(_object(_object(body).get("meta")).get("total_pages"))
    return not _list(_object(body).get("data")) or (pages is not None and page >= pages)


def _receipt(
    payload: Mapping[str, object], ref: str | None, at: datetime | None
) -> MessageStatus | None:
    moments = (_moment(payload.get(name)) for name in _TIMES)
    at = at or next((moment for moment in moments if moment), None)
    recipient = _object(next(iter(_list(payload.get("to"))), None))
    key, status, cost = (
        _text(payload.get("id")),
        _text(recipient.get("status")),
        payload.get("cost"),
    )
    if key is None or status is None or at is None:
        return None
    return MessageStatus(
        message_id=key,
        reference=ref,
        occurred_at=at,
        status=status,
        errors=_codes(payload),
        parts=_count(payload.get("parts")),
        cost=_decimal(_object(cost).get("amount")),
        currency=_text(_object(cost).get("currency")),
    )


def _codes(holder: Mapping[str, object]) -> tuple[str, ...]:
    found = (_object(one).get("code") for one in _list(holder.get("errors")))
    return tuple(str(code) for code in found if isinstance(code, str | int))


def _ref(url: object) -> str | None:
    try:
        query = parse_qs(urlsplit(url).query) if isinstance(url, str) else {}
    except ValueError:
        return None
    return next(iter(query.get("ref", ())), None)


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _decimal(value: object) -> str | None:
    """Usually text; a number was seen once."""
    return str(value) if isinstance(value, str | int | float) and value != "" else None


def _count(value: object) -> int | None:
    return value if type(value) is int and value > 0 else None


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo else None
