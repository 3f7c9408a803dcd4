"""A number as far as it is shown."""

from typing import Final

SHOWN: Final = 2


def mask(e164: str) -> str:
    """Its last two digits; the others as dots."""
    return f"+{'•' * (len(e164) - 1 - SHOWN)}{e164[-SHOWN:]}"
