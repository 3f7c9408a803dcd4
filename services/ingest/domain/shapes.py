"""The shapes in which the provider tells one thing about a text, read alike.

Source: Telnyx, "Messaging webhooks", its migration guide, SDKs and samples, which differ. What is
beside the point and cannot be used is left out: it must not keep a STOP from its reader.
"""

import re
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from pydantic import JsonValue

from services.ingest.domain.costs import amount, currency
from services.ingest.domain.fields import Fields
from services.ingest.domain.refusal import NotUnderstood

T = TypeVar("T")

_LONGEST = 256
_DIGITS = 10**15  # E.164: 15 digits at the most
_CODE = re.compile(r"[A-Za-z0-9._-]{1,32}")
_STATUS = re.compile(r"[A-Za-z0-9_ -]{1,64}")
_REFERENCE = re.compile(r"[0-9a-f]{32}")


def beside_the_point(read: Callable[[str], T | None], name: str) -> T | None:
    """The field, or None where it cannot be used."""
    try:
        return read(name)
    except NotUnderstood:
        return None


def numbers(payload: Fields, name: str) -> tuple[str, ...]:
    """The numbers in `from` or `to`: text, an object with `phone_number`, or a list of either.

    As they are written, digits without quotation marks too; empty where there are none. Raises
    NotUnderstood for another shape.
    """
    found = [_number(party) for party in _parties(payload.raw(name))]
    if None in found:
        raise payload.unusable(name)
    return tuple(number for number in found if number)


def recipients(payload: Fields) -> tuple[str, ...]:
    """The numbers in `to`, empty for one that cannot be read: it keeps no STOP from its reader."""
    found = [_number(party) for party in _parties(payload.raw("to"))]
    return tuple(number or "" for number in found if number != "")


def status(payload: Fields) -> str:
    """The provider's word for the first recipient; `unknown` where it says none.

    It stands with the recipient, and never follows from the name of the event.
    """
    first = next(iter(_parties(payload.raw("to"))), None)
    word = first.get("status") if isinstance(first, dict) else None
    return word if isinstance(word, str) and _STATUS.fullmatch(word) else "unknown"


def errors(payload: Fields) -> tuple[str, ...]:
    """The codes, as text also where they are numbers. Titles and details may hold a number."""
    rows = payload.raw("errors")
    told = rows if isinstance(rows, list) else []
    codes = (str(row.get("code", "")) for row in told if isinstance(row, dict))
    return tuple(code for code in codes if _CODE.fullmatch(code))


def cost(payload: Fields) -> tuple[str | None, str | None]:
    """Amount, a decimal as text, and currency; told as an object, or as the amount alone."""
    told = payload.raw("cost")
    if isinstance(told, dict):
        return amount(told.get("amount")), currency(told.get("currency"))
    return amount(told), None


def attachments(payload: Fields) -> int:
    """How many there are; they themselves are not kept."""
    media = payload.raw("media")
    return len(media) if isinstance(media, list) else 0


def reference(url: JsonValue, query: str) -> str | None:
    """Our own reference to a message that we sent: `ref` in the URL for its receipts.

    `url` lies in the signed body and comes first; `query` is that of the request, which nobody
    signed.
    """
    for text in (_query(url), query):
        for value in parse_qs(text).get("ref", ()):
            if _REFERENCE.fullmatch(value):
                return value
    return None


def _parties(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [value]


def _number(party: JsonValue) -> str | None:
    """As it is written; empty where there is none, None where it cannot be read."""
    value = party.get("phone_number") if isinstance(party, dict) else party
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _DIGITS:
        return str(value)
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    return value.replace("\0", "").strip()


def _query(url: JsonValue) -> str:
    try:
        return urlsplit(url).query if isinstance(url, str) else ""
    except ValueError:  # brackets that hold no address
        return ""
