"""A link that lets one person set a password and join an agency, once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.gateway.domain.roles import Role

GOOD_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Invitation:
    """`id` is the SHA-256 of the token, which is shown once and stored nowhere.

    `by` as the audit names who made it: it is void once they may make none.
    """

    id: str
    tenant: str
    email: str
    role: Role
    expires_at: datetime
    by: str | None = None

    def good(self, now: datetime) -> bool:
        """Whether it can still be accepted."""
        return now < self.expires_at
