"""How long a sign-in lasts.

An open live stream counts as activity: an agent who waits for the next call is at work. The
absolute limit holds all the same.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Session:
    """A sign-in. `id` is the SHA-256 of the secret that only the cookie holds."""

    id: str
    account: str
    tenant: str
    started_at: datetime
    seen_at: datetime

    @property
    def ends_at(self) -> datetime:
        """When it ends if nothing more is heard of it."""
        return min(self.seen_at + IDLE, self.started_at + ABSOLUTE)

    def alive(self, now: datetime) -> bool:
        """Whether it is still good."""
        return now < self.ends_at

    def seen(self, now: datetime) -> "Session":
        """The same sign-in, active at `now`."""
        return replace(self, seen_at=now)

    def should_note(self, now: datetime) -> bool:
        """Whether its last activity is old enough to be written down again."""
        return now - self.seen_at >= NOTED_EVERY


def new_secret() -> str:
    """256 random bits, for a cookie or a link."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """The form in which a secret is stored: with 256 bits, a plain SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
