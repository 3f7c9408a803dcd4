"""Browsers in which an account signed in before, as the browser itself keeps them.

This is OWASP's "Slow Down Online Guessing Attacks with Device Cookies"
(https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies): such a
browser has tries of its own, so that strangers who guess hold nobody up who works there. Desks
are shared, so one cookie holds several accounts.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

GOOD_FOR = timedelta(days=180)
MOST = 8


@dataclass(frozen=True)
class Known:
    """An account that signed in, in one browser, at `at` (Unix seconds) for the last time."""

    account: str
    nonce: str
    at: int

    @property
    def key(self) -> str:
        """What its tries are counted under."""
        return f"{self.account}/{self.nonce}"


def of_account(known: Sequence[Known], account: str, now: datetime) -> Known | None:
    """The account, if it signed in there not too long ago."""
    oldest = int((now - GOOD_FOR).timestamp())
    return next((one for one in known if one.account == account and one.at > oldest), None)


def with_account(
    known: Sequence[Known], account: str, nonce: str, now: datetime
) -> tuple[Known, ...]:
    """With the account in front, under the nonce that it has there already; the eight last."""
    there = of_account(known, account, now)
    fresh = Known(account, there.nonce if there else nonce, int(now.timestamp()))
    return (fresh, *(one for one in known if one.account != account))[:MOST]


def written(known: Sequence[Known]) -> bytes:
    """As it is sealed."""
    return json.dumps([[one.account, one.nonce, one.at] for one in known]).encode()


def read(text: bytes) -> tuple[Known, ...]:
    """What `written` wrote; nothing but that is ever unsealed."""
    return tuple(Known(*one) for one in json.loads(text))
