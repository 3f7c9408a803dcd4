"""The roles of an agency, and what each may do."""

from enum import StrEnum

OPEN = "open"
SESSION = "session"
KNOWN = "known"
"""Whoever is signed in, and every app with a key."""
OPERATOR = "operator"

_AGENT = frozenset(
    {SESSION, KNOWN}
    | {"customers:read", "calls:read", "insights:read", "insights:feedback", "live:read"}
    | {"messages:read", "messages:write", "conversations:read", "templates:read", "senders:read"}
    | {"consents:read", "consents:write", "privacy:read", "privacy:write", "proof:read"}
)
_ADMIN = _AGENT | {
    "customers:write",
    "imports:read",
    "imports:write",
    "usage:read",
    "audit:read",
    "users:read",
    "users:write",
    "numbers:read",
    "templates:write",
    "senders:write",
    "safeguards:read",
    "safeguards:write",
    "privacy:decide",
    "webhooks:read",
    "webhooks:write",
    "keys:read",
    "keys:write",
}


_AUDITOR = frozenset(
    {SESSION, KNOWN, "audit:read", "proof:read", "privacy:read", "usage:read", "users:read"}
    | {"numbers:read", "keys:read", "webhooks:read"}
)


class Role(StrEnum):
    """Admin manages the agency's users and data; Agent answers calls and messages.

    Auditor reads what proves how data is handled: no customer, call or text, and changes nothing
    but their own password and sessions.
    """

    ADMIN = "admin"
    AGENT = "agent"
    AUDITOR = "auditor"


SCOPES: dict[Role, frozenset[str]] = {
    Role.ADMIN: _ADMIN,
    Role.AGENT: _AGENT,
    Role.AUDITOR: _AUDITOR,
}
EVERY_SCOPE = frozenset().union(*SCOPES.values()) | {OPEN, OPERATOR}
