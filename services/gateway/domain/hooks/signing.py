"""Signatures as Standard Webhooks has them: HMAC-SHA256 over `id.timestamp.body`."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from standardwebhooks import Webhook

PREFIX: Final = "whsec_"
_BYTES: Final = 32


def new_secret() -> str:
    """256 random bits, as the receiving libraries take them."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def headers(message: str, at: datetime, body: str, signing: Sequence[str]) -> dict[str, str]:
    """The three headers of one attempt, with a signature for each secret."""
    return {
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(one).sign(message, at, body) for one in signing),
    }
