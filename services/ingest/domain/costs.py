"""What a call cost, as the provider tells it some time after the end."""

import re
from decimal import Decimal

from pydantic import JsonValue

from libs.common.events import CallCosted
from services.ingest.domain.envelope import Received
from services.ingest.domain.fields import Fields

_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
_CURRENCY = re.compile(r"[A-Z]{3}")


def costed(received: Received, _: object) -> CallCosted | None:
    """The cost; None where the provider reports that it could not be worked out."""
    payload = received.payload
    if payload.word("status") == "error":
        return None
    return CallCosted(
        session_id=payload.identifier("call_session_id"),
        leg_id=payload.identifier("call_leg_id"),
        occurred_at=received.occurred_at,
        total=_amount(payload, "total_cost"),
        currency=_currency(payload.raw("cost_parts")),
        billed_seconds=payload.count("billed_duration_secs"),
    )


def _amount(payload: Fields, name: str) -> str:
    """A decimal as text: money is never a float, even where the provider sends a number."""
    value = payload.raw(name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = format(Decimal(str(value)), "f")
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
        raise payload.unusable(name)
    return value


def _currency(parts: JsonValue) -> str | None:
    """The currency that all parts share; the total itself names none."""
    rows = parts if isinstance(parts, list) else []
    found = {str(row.get("currency")) for row in rows if isinstance(row, dict)}
    currency = found.pop() if len(found) == 1 else ""
    return currency if _CURRENCY.fullmatch(currency) else None
