"""What an agency's program comes with in place of a password: a key, shown once.

`ink_live_<id>_<secret><checksum>`: twenty, sixty-four and eight hex digits. The secret has 256
random bits, so the SHA-256 of the whole is enough to know it again; the checksum (CRC-32 of what is
before it) tells a mistyped key from one that was guessed, and protects nothing.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal
from zlib import crc32

from services.gateway.domain.roles import KNOWN
from services.gateway.domain.session import digest

MOST = 20
"""Good keys of one agency at one time: two per program while it changes from one to the next."""
LONGEST = timedelta(days=366)
NOTED_EVERY = timedelta(minutes=1)

_FORM = re.compile(r"ink_live_([0-9a-f]{20})_[0-9a-f]{64}([0-9a-f]{8})", re.ASCII)
_NOBODYS = "0" * 64

Refusal = Literal["unknown", "wrong_secret", "revoked", "expired"]


class KeyScope(StrEnum):
    """What a key can be good for. Users, keys and sessions are for people to manage, and what
    somebody has to answer for (`privacy:decide`, `safeguards:write`) for people to decide.
    """

    AUDIT_READ = "audit:read"
    CALLS_READ = "calls:read"
    CONSENTS_READ = "consents:read"
    CONSENTS_WRITE = "consents:write"
    CONVERSATIONS_READ = "conversations:read"
    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    IMPORTS_READ = "imports:read"
    IMPORTS_WRITE = "imports:write"
    INSIGHTS_FEEDBACK = "insights:feedback"
    INSIGHTS_READ = "insights:read"
    LIVE_READ = "live:read"
    MESSAGES_READ = "messages:read"
    MESSAGES_WRITE = "messages:write"
    NUMBERS_READ = "numbers:read"
    PRIVACY_READ = "privacy:read"
    PRIVACY_WRITE = "privacy:write"
    PROOF_READ = "proof:read"
    SAFEGUARDS_READ = "safeguards:read"
    SENDERS_READ = "senders:read"
    SENDERS_WRITE = "senders:write"
    TEMPLATES_READ = "templates:read"
    TEMPLATES_WRITE = "templates:write"
    USAGE_READ = "usage:read"


class TooManyKeys(ValueError):
    """An agency has as many good keys as it may."""


class BadExpiry(ValueError):
    """A key that would be over already, or good for longer than any may be."""


@dataclass(frozen=True)
class Key:
    """One key of one tenant. `id` is in its text too; `digest` is the SHA-256 of all of it."""

    id: str
    tenant: str
    name: str
    scopes: frozenset[KeyScope]
    digest: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def alive(self, now: datetime) -> bool:
        """Whether it is good."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    def should_note(self, now: datetime) -> bool:
        """Whether its last use is old enough to be written down again."""
        return self.used_at is None or now - self.used_at >= NOTED_EVERY


@dataclass(frozen=True)
class Presented:
    """What the text of a key says: which it is, and by what it is known again."""

    id: str
    digest: str


def new_key() -> tuple[str, str]:
    """The id of a new key, and its text."""
    name = secrets.token_hex(10)
    key = f"key_{name}"
    text = f"{begins(key)}_{secrets.token_hex(32)}"
    return key, text + _checksum(text)


def begins(key_id: str) -> str:
    """How a key's text begins, by which it is told from others where a program keeps it."""
    return f"ink_live_{key_id.removeprefix('key_')}"


def presented(text: str) -> Presented | None:
    """What a key says of itself; None for what cannot be one, such as a mistyped one."""
    found = _FORM.fullmatch(text)
    if found is None or _checksum(text[:-8]) != found[2]:
        return None
    return Presented(f"key_{found[1]}", digest(text))


def refusal(key: Key | None, shown: Presented, now: datetime) -> Refusal | None:
    """Why who shows this is not let in; None where they are.

    The same is done for a key that there is and one that there is not.
    """
    right = hmac.compare_digest(key.digest if key else _NOBODYS, shown.digest)
    if key is None:
        return "unknown"
    if not right:
        return "wrong_secret"
    if key.alive(now):
        return None
    return "revoked" if key.revoked_at else "expired"


def check_new(good: int, expires_at: datetime | None, now: datetime) -> None:
    """Whether an agency that has `good` keys may have another. Raises BadExpiry, TooManyKeys."""
    if expires_at is not None and not now < expires_at <= now + LONGEST:
        raise BadExpiry(f"say when it ends: in the future, at most {LONGEST.days} days from now")
    if good >= MOST:
        raise TooManyKeys(f"an agency has at most {MOST} good keys: revoke one first")


def for_keys(scope: str) -> bool:
    """Whether an operation that asks for this may be done with a key."""
    return scope == KNOWN or scope in set(KeyScope)


def _checksum(text: str) -> str:
    return f"{crc32(text.encode()):08x}"
