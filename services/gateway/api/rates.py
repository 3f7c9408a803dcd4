"""Rate limits: per key, user, tenant and address, each process by itself."""

from math import ceil
from time import monotonic

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerSecond
from prometheus_client import Counter

from libs.common.web import Problem
from services.gateway.api.counts import Counts
from services.gateway.domain.rates import (
    REFUSED,
    REFUSED_WINDOW,
    WINDOW,
    Quotas,
    Standing,
    headers,
    neighbourhood,
)

LIMITED = Counter("requests_limited_total", "Requests above a rate limit.", ["limit"])


class Rates:
    """Counts requests against quotas, in fixed windows."""

    def __init__(self, quotas: Quotas) -> None:
        self._counts = Counts()
        self._items: dict[str, RateLimitItem] = {
            name: RateLimitItemPerSecond(quota, WINDOW, name)
            for name, quota in vars(quotas).items()
        }
        self._items["refused"] = RateLimitItemPerSecond(REFUSED, REFUSED_WINDOW, "refused")

    async def take(self, request: Request, **whose: str) -> None:
        """Counts a request against these quotas. Raises Problem 429 at the first that is used up.

        What the answer says of them is left in `request.state.rates`, for the door.
        """
        standings: list[Standing] = []
        for name, who in whose.items():
            standings.append(await self._book(name, who))
            if not standings[-1].held:
                break
        request.state.rates = headers(standings)
        if not standings[-1].held:
            LIMITED.labels(standings[-1].name).inc()
            again = request.state.rates["Retry-After"]
            detail = f"Too many requests: wait {again} s, then go on more slowly."
            raise Problem(429, "rate_limited", detail, headers={"Retry-After": again})

    async def take_address(self, request: Request, address: str, name: str = "address") -> None:
        """The same for one who is not known. Raises Problem 429."""
        await self.take(request, **{name: neighbourhood(address)})

    async def _book(self, name: str, who: str) -> Standing:
        """The fixed window of `limits`, whose strategy would make the key three times over."""
        item = self._items[name]
        key, window = item.key_for(who), item.get_expiry()
        left = item.amount - await self._counts.incr(key, window)
        reset = ceil(await self._counts.get_expiry(key) - monotonic())
        return Standing(name, item.amount, window, max(left, 0), reset, left >= 0)
