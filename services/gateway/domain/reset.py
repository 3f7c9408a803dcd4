"""A link that lets one user set a new password, once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.gateway.domain.account import Account

GOOD_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Reset:
    """`id` is the SHA-256 of the token, which is shown once and stored nowhere.

    `by` as the audit names who made it: it is void once they may make none.
    """

    id: str
    tenant: str
    account: str
    expires_at: datetime
    by: str | None = None

    def good(self, account: Account | None, now: datetime) -> bool:
        """Whether a password may still be set with it."""
        return account is not None and not account.disabled and now < self.expires_at
