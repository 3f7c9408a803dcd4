"""How long a sign-in lasts.

An open live stream counts as activity: an agent who waits for the next call is at work. The
absolute limit holds all the same.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from services.gateway.domain.account import Account
from services.gateway.domain.browser import Device

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Session:
    """A sign-in. `id` is the SHA-256 of the secret that only the cookie holds.

    `public` is drawn apart from both, and None in what was written before there was one.
    """

    id: str
    account: str
    tenant: str
    started_at: datetime
    seen_at: datetime
    public: str | None = None
    device: Device | None = None

    @property
    def name(self) -> str:
        """What people call it by; it tells nothing of the secret, nor of its digest."""
        return self.public or f"ses_{digest(f'name of {self.id}')[:32]}"

    @property
    def ends_at(self) -> datetime:
        """When it ends if nothing more is heard of it."""
        return min(self.seen_at + IDLE, self.until)

    @property
    def until(self) -> datetime:
        """When it ends however much is heard of it."""
        return self.started_at + ABSOLUTE

    def alive(self, now: datetime) -> bool:
        """Whether it is still good."""
        return now < self.ends_at

    def seen(self, now: datetime) -> "Session":
        """The same sign-in, active at `now`."""
        return replace(self, seen_at=now)

    def should_note(self, now: datetime) -> bool:
        """Whether its last activity is old enough to be written down again."""
        return now - self.seen_at >= NOTED_EVERY


def begun(secret: str, account: Account, now: datetime, device: Device | None) -> Session:
    """A new sign-in of an account."""
    public = f"ses_{uuid4().hex}"
    return Session(digest(secret), account.id, account.tenant, now, now, public, device)


def new_secret() -> str:
    """256 random bits, for a cookie or a link."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """The form in which a secret is stored: with 256 bits, a plain SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
