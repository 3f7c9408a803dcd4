"""An agency's endpoint: what it wants to hear, what its deliveries are signed with, its health."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from services.gateway.domain.hooks.delivery import Outcome

MOST: Final = 10
"""Endpoints of one agency."""

GRACE: Final = timedelta(hours=24)
"""How long a secret that was replaced still signs, beside the new one."""

PATIENCE: Final = timedelta(days=3)
"""How long an endpoint may fail, with nothing taken in between, before it is disabled."""

MOST_SECRETS: Final = 4

Why = Literal["by_hand", "failing", "gone"]


@dataclass(frozen=True, slots=True)
class Secret:
    """Sealed with the tenant's key; it signs until then, the current one without an end."""

    sealed: bytes
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """`disabled` says why nothing is sent to it. `secrets` are the newest first.

    `failing_since` is when an attempt failed first since one succeeded.
    """

    id: str
    url: str
    events: tuple[str, ...]
    secrets: tuple[Secret, ...]
    created_at: datetime
    disabled: Why | None = None
    disabled_at: datetime | None = None
    failing_since: datetime | None = None

    def wants(self, kind: str) -> bool:
        """Whether it is to hear of events of this type now."""
        return self.disabled is None and kind in self.events

    def signing(self, now: datetime) -> list[Secret]:
        """The secrets that sign now, the newest first."""
        return [one for one in self.secrets if one.until is None or now < one.until]

    def both_until(self, now: datetime) -> datetime | None:
        """Until when a secret that was replaced signs beside the current one; None: none does."""
        return max((one.until for one in self.signing(now) if one.until), default=None)

    def rotated(self, sealed: bytes, now: datetime) -> "Endpoint":
        """With a new secret; the one before signs beside it for a day."""
        earlier = [replace(one, until=one.until or now + GRACE) for one in self.signing(now)]
        return replace(self, secrets=(Secret(sealed), *earlier)[:MOST_SECRETS])

    def after(self, outcome: Outcome, now: datetime) -> "Endpoint":
        """After an attempt: well again, failing, or disabled for it."""
        if self.disabled is not None:
            return self
        if outcome.good:
            return replace(self, failing_since=None)
        since = self.failing_since or now
        failing = replace(self, failing_since=since)
        if outcome.gone:
            return failing.off("gone", now)
        return failing.off("failing", now) if now - since >= PATIENCE else failing

    def off(self, why: Why, now: datetime) -> "Endpoint":
        """Disabled."""
        return self if self.disabled else replace(self, disabled=why, disabled_at=now)

    def on(self) -> "Endpoint":
        """Enabled again, with its health to be found out anew."""
        return replace(self, disabled=None, disabled_at=None, failing_since=None)
