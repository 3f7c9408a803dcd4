"""How often a password may be tried: who knows a browser counts in it, strangers count together."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.gateway.domain.throttle import NO_WAIT, Throttle

PER_ACCOUNT, PER_ADDRESS = 5, 30


@dataclass(frozen=True)
class Try:
    """Somebody is about to show a password for an account, which may not exist.

    `browser` is the key of one in which that account signed in before; None for strangers.
    """

    email: str
    address: str
    browser: str | None


class Tries:
    """Counts in the memory of this process, bounded as each `Throttle` is."""

    def __init__(self) -> None:
        self._browsers = Throttle(PER_ACCOUNT)
        self._strangers = Throttle(PER_ACCOUNT)
        self._addresses = Throttle(PER_ADDRESS)

    def book(self, one: Try, now: datetime) -> timedelta:
        """Books a try before it is made, so that many at once count as many. Returns the wait."""
        if one.browser is not None:
            return self._browsers.book(one.browser, now)
        wait = self._addresses.book(one.address, now)
        return wait if wait > NO_WAIT else self._strangers.book(one.email, now)

    def proved(self, one: Try) -> None:
        """It was no guess. What strangers tried stays counted when a browser's owner comes in."""
        if one.browser is not None:
            self._browsers.clear(one.browser)
        else:
            self._strangers.clear(one.email)
            self._addresses.unbook(one.address)
