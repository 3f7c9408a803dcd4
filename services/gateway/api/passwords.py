"""Argon2id beside the event loop, few at a time: each takes 19 MiB and some 40 ms."""

import asyncio
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from libs.common.web import Problem
from services.gateway.domain.passwords import WeakPassword, check
from services.gateway.domain.session import new_secret

SIDE_BY_SIDE = 2

WEAK = {"weak_password": "The password is refused: use 12 to 128 characters."}


def _hasher() -> PasswordHasher:
    """OWASP's Argon2id minimum: 19 MiB, 2 passes, 1 lane."""
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _nobodys() -> str:
    """The stored form of a password that nobody has; one is enough for a process."""
    return _hasher().hash(new_secret())


class Passwords:
    """Hashes and compares."""

    def __init__(self) -> None:
        self._hasher = _hasher()
        self._turns = asyncio.Semaphore(SIDE_BY_SIDE)
        self._nobodys = _nobodys()

    async def hashed(self, password: str) -> str:
        """The form in which a password is stored."""
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, _normal(password))

    async def fits(self, stored: str | None, password: str) -> bool:
        """Whether it is the stored one. For nobody's it takes the same time and is not."""
        async with self._turns:
            same = await asyncio.to_thread(self._verify, stored or self._nobodys, _normal(password))
        return same and stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether it was hashed with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def refuse_weak(password: str, *, email: str) -> None:
    """Raises Problem 422, as `WEAK` declares."""
    try:
        check(password, email=email)
    except WeakPassword as error:
        raise Problem(422, "weak_password", f"The password is refused: {error}.") from None


def _normal(password: str) -> str:
    """The same keys pressed on two systems may come as different code points."""
    return unicodedata.normalize("NFKC", password)
