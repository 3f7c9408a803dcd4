"""Showing a password: counted before it is looked at, and put on record where it is wrong."""

import base64
from datetime import timedelta
from math import ceil

from fastapi import Request, Response

from libs.common import clock
from libs.common.keys import PLATFORM, NoKeyError, SealBroken
from libs.common.web import Problem
from services.gateway.api.desk import desk_of
from services.gateway.api.origin import address_of
from services.gateway.domain import known
from services.gateway.domain.account import Account
from services.gateway.domain.known import GOOD_FOR, Known
from services.gateway.domain.rates import neighbourhood
from services.gateway.domain.session import new_secret
from services.gateway.domain.throttle import NO_WAIT
from services.gateway.domain.tries import Try

_FIELD = "known browsers"
_LONGEST = 4096

TOO_MANY = {"too_many_tries": "Too many tries: wait 8 s, then try again."}


def try_of(request: Request, email: str, account: Account | None) -> Try:
    """Who tries, from where. The browser's cookie is looked at for nobody's address, too."""
    desk = desk_of(request)
    there = known.of_account(_known(request), account.id if account else "", clock.now())
    address = neighbourhood(address_of(request, desk.site.proxies))
    return Try(email, address, there.key if there else None)


def book(request: Request, one: Try) -> None:
    """Raises Problem 429, as `TOO_MANY` declares, after too many tries."""
    wait = desk_of(request).tries.book(one, clock.now())
    if wait > NO_WAIT:
        seconds = ceil(wait / timedelta(seconds=1))
        raise Problem(
            429,
            "too_many_tries",
            f"Too many tries: wait {seconds} s, then try again.",
            headers={"Retry-After": str(seconds)},
        )


def remember(request: Request, response: Response, account: Account) -> None:
    """Lets the browser keep, sealed, that this account proved in it who it is."""
    desk = desk_of(request)
    there = known.with_account(_known(request), account.id, new_secret(), clock.now())
    sealed = desk.running.keys.seal(PLATFORM, _FIELD, known.written(there))
    response.set_cookie(
        desk.site.device_cookie,
        base64.urlsafe_b64encode(sealed).decode(),
        max_age=int(GOOD_FOR.total_seconds()),
        secure=desk.site.secure,
        httponly=True,
        samesite="strict",
    )


def _known(request: Request) -> tuple[Known, ...]:
    """Nothing where the cookie is not ours, or sealed with a key that is gone."""
    desk = desk_of(request)
    text = request.cookies.get(desk.site.device_cookie, "")
    if not text or len(text) > _LONGEST:
        return ()
    try:
        sealed = base64.urlsafe_b64decode(text)
        return known.read(desk.running.keys.unseal(PLATFORM, _FIELD, sealed))
    except (ValueError, NoKeyError, SealBroken):
        return ()
