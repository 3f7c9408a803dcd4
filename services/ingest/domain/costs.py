"""What a call cost, as the provider tells it some time after the end; and money in general."""

import re
from decimal import Decimal

from pydantic import JsonValue

from libs.common.events import CallCosted
from services.ingest.domain.envelope import Received

_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")
_CURRENCY = re.compile(r"[A-Z]{3}")


def costed(received: Received, _: object) -> CallCosted | None:
    """The cost; None where the provider reports that it could not be worked out."""
    payload = received.payload
    if payload.word("status") == "error":
        return None
    total = amount(payload.raw("total_cost"))
    if total is None:
        raise payload.unusable("total_cost")
    return CallCosted(
        session_id=payload.identifier("call_session_id"),
        leg_id=payload.identifier("call_leg_id"),
        occurred_at=received.occurred_at,
        total=total,
        currency=_shared_currency(payload.raw("cost_parts")),
        billed_seconds=payload.count("billed_duration_secs"),
    )


def amount(value: JsonValue) -> str | None:
    """A decimal as text: money is never a float, even where the provider sends a number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = format(Decimal(str(value)), "f")
    return value if isinstance(value, str) and _AMOUNT.fullmatch(value) else None


def currency(value: JsonValue) -> str | None:
    """Its three letters; None where it is none."""
    return value if isinstance(value, str) and _CURRENCY.fullmatch(value) else None


def _shared_currency(parts: JsonValue) -> str | None:
    """The currency that all parts share; the total itself names none."""
    rows = parts if isinstance(parts, list) else []
    found = {str(row.get("currency")) for row in rows if isinstance(row, dict)}
    return currency(found.pop()) if len(found) == 1 else None
