"""HTTP out: the endpoints of agencies' apps, which are strangers' machines.

The host is looked up once for each attempt, every address of it is judged, and the connection goes
to just these addresses, whatever the name leads to a moment later (DNS rebinding).
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from services.gateway.domain.hooks.delivery import Outcome, Trouble
from services.gateway.domain.hooks.target import Target, Unfit, permitted, target

LOOK_UP_S, CONNECT_S, ANSWER_S = 3.0, 5.0, 15.0
READ = 16 * 1024
"""Bytes of an answer's body that are read, so that it can be sent, and let go unseen."""
READ_S = 1.0
LOOK_UPS_AT_ONCE = 32

Lookup = Callable[[str, int], Awaitable[list[str]]]

_HEADERS = {
    "Accept-Encoding": "identity",
    "Content-Type": "application/json",
    "User-Agent": "Intnet-Webhooks/1",
}


@cache
def _public() -> ssl.SSLContext:
    """Trust in the certificates of this machine, which take 25 ms to read."""
    return ssl.create_default_context()


class Unresolved(Exception):
    """The host has no address, or none that was found in time."""


@dataclass(frozen=True)
class Letter:
    """One attempt: where to, the payload, and its signature's headers."""

    url: str
    body: str
    headers: Mapping[str, str]


class Poster:
    """Sends one attempt at a time; follows no redirect, keeps no connection and no answer."""

    def __init__(
        self,
        *,
        loopback: bool,
        lookup: Lookup | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._loopback = loopback
        self._threads = ThreadPoolExecutor(LOOK_UPS_AT_ONCE, "webhook-dns")
        self._asking: dict[tuple[str, int], asyncio.Future[list[str]]] = {}
        self._lookup = lookup or self._asked
        self._trust = trust or _public()

    async def close(self) -> None:
        """Lets go of the threads; who hangs in one is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def check(self, url: str) -> None:
        """Whether deliveries may go there now. Raises Unfit."""
        try:
            await self._addresses(target(url, loopback=self._loopback))
        except Unresolved:
            raise Unfit("this host has no address now: check its name") from None

    async def post(self, letter: Letter) -> Outcome:
        """Sends once. Whatever happens is an outcome, and no error."""
        try:
            async with asyncio.timeout(ANSWER_S):
                to = target(letter.url, loopback=self._loopback)
                return Outcome(await self._posted(to, await self._addresses(to), letter))
        except (Unfit, Unresolved, aiohttp.ClientError, OSError, ValueError) as error:
            return Outcome(trouble=_trouble(error))

    async def _posted(self, to: Target, addresses: list[str], letter: Letter) -> int:
        connector = aiohttp.TCPConnector(
            resolver=_Found(addresses), use_dns_cache=False, force_close=True, ssl=self._trust
        )
        async with aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=ANSWER_S, sock_connect=CONNECT_S),
            auto_decompress=False,
            trust_env=False,
        ) as session:
            response = await session.post(
                to.url,
                data=letter.body.encode(),
                headers={**_HEADERS, **letter.headers},
                allow_redirects=False,
            )
            with suppress(aiohttp.ClientError, TimeoutError):
                async with asyncio.timeout(READ_S):
                    await _read(response)
            response.close()
            return response.status

    async def _addresses(self, to: Target) -> list[str]:
        """All addresses of the host. Raises Unresolved, and Unfit where one is not permitted."""
        try:
            async with asyncio.timeout(LOOK_UP_S):
                found = await self._lookup(to.host, to.port)
        except (OSError, UnicodeError):
            raise Unresolved from None
        if not found:
            raise Unresolved
        if not all(permitted(to, one, loopback=self._loopback) for one in found):
            raise Unfit("this host is not on the open internet")
        return found

    async def _asked(self, host: str, port: int) -> list[str]:
        """On threads of their own: names that hang hold up nobody but each other.

        One thread for each name, which may hang there for longer than it is waited for: who has
        many deliveries for such a name takes no thread from the others.
        """
        name = host, port
        under_way = self._asking.get(name)
        if under_way is None:
            ask = asyncio.get_running_loop().run_in_executor
            under_way = self._asking[name] = ask(self._threads, _addresses_of, host, port)
            under_way.add_done_callback(lambda done: self._asked_of(name, done))
        return await asyncio.shield(under_way)

    def _asked_of(self, name: tuple[str, int], done: "asyncio.Future[list[str]]") -> None:
        """Nobody may be waiting for it any more, for its error neither."""
        del self._asking[name]
        if not done.cancelled():
            done.exception()


class _Found(AbstractResolver):
    """Gives the addresses that were judged, and asks nobody again."""

    def __init__(self, addresses: list[str]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Them, for whatever host: there is one."""
        return [
            ResolveResult(
                hostname=host,
                host=one,
                port=port,
                family=family or (socket.AF_INET6 if ":" in one else socket.AF_INET),
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for one in self._addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""


_TROUBLES: Sequence[tuple[tuple[type[Exception], ...], Trouble]] = (
    ((Unfit,), "forbidden_address"),
    ((Unresolved,), "unresolved"),
    ((TimeoutError,), "timeout"),
    ((aiohttp.ClientSSLError, ssl.SSLError), "tls"),
    ((aiohttp.ClientConnectorError,), "connect"),
)


def _trouble(error: Exception) -> Trouble:
    return next((word for kinds, word in _TROUBLES if isinstance(error, kinds)), "lost")


async def _read(response: aiohttp.ClientResponse) -> None:
    left = READ
    while left > 0 and (piece := await response.content.read(left)):
        left -= len(piece)


def _addresses_of(host: str, port: int) -> list[str]:
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))
