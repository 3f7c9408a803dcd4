"""Argon2id beside the event loop, few at a time: each takes 19 MiB and some 40 ms."""

import asyncio
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.gateway.domain.session import new_secret

SIDE_BY_SIDE = 2


class Passwords:
    """Hashes and compares. Parameters: OWASP's Argon2id minimum (19 MiB, 2 passes, 1 lane)."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._turns = asyncio.Semaphore(SIDE_BY_SIDE)
        self._nobodys = self._hasher.hash(new_secret())

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


def _normal(password: str) -> str:
    """The same keys pressed on two systems may come as different code points."""
    return unicodedata.normalize("NFKC", password)
