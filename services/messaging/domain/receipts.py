"""What became of a message, from receipts that come in any order, and more than once.

Each state has a rank, and a receipt can only raise it: so every order gives the same end.
"""

from typing import Final

_RANKED: Final = (
    "queued",
    "sending",
    "unknown",
    "needs_review",
    "accepted",
    "sent",
    # Final from here on. A receipt of the network outweighs a silence, and a success a failure:
    # a network that reports both had it delivered at last.
    "unconfirmed",
    "failed",
    "undelivered",
    "delivered",
    # Decided here, before anything was sent.
    "cancelled",
    "blocked",
)
_RANK: Final = {state: rank for rank, state in enumerate(_RANKED)}

STATES: Final = frozenset(_RANKED)
FINAL: Final = frozenset(_RANKED[_RANK["unconfirmed"] :])

# Telnyx, "Messaging webhooks" and SDK 4.189; the last three are of its detail records.
_SAID: Final = {
    "queued": "accepted",
    "sending": "accepted",
    "sent": "sent",
    "expired": "failed",
    "sending_failed": "failed",
    "delivery_unconfirmed": "unconfirmed",
    "delivery_failed": "undelivered",
    "delivered": "delivered",
    "read": "delivered",
    "failed": "failed",
    "gw_timeout": "unconfirmed",
    "dlr_timeout": "unconfirmed",
}


def after(state: str, status: str) -> str:
    """The state after a receipt with the provider's status word for the recipient.

    Any receipt, also one with a word that is not known, proves that the provider has taken the
    message. Final states never become open again. Raises KeyError for a state that is none.
    """
    return max(state, _SAID.get(status, "accepted"), key=_RANK.__getitem__)
