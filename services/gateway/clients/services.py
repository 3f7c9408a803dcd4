"""HTTP out: the services behind the gateway. A request that may change something goes out once."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from libs.common import telemetry
from libs.common.principal import Principal, Signer
from libs.common.web import KEEP_ALIVE_S
from services.gateway.domain.routes import UPLOADS

CONNECT_S, SILENCE_S = 2.0, 10.0
ANSWER_S, UPLOAD_S = 30.0, 1800.0
DOCUMENT_S = 5.0
KEPT_ALIVE_S = KEEP_ALIVE_S - 2.0  # so that no request meets a connection that is being closed
AT_ONCE = 100
"""Connections to one service, several times what its one core can work on. Further requests would
wait there too, and of those that wait here it is known that nothing was done."""
SHORT = 64 * 1024
"""Bytes: an answer up to this size is read whole before any of it is passed on."""


class Away(Exception):
    """A service does not answer. `unknown` when it may have done what it was asked to."""

    def __init__(self, service: str, *, unknown: bool) -> None:
        super().__init__(f"{service} does not answer")
        self.service = service
        self.unknown = unknown


@dataclass(frozen=True)
class Ask:
    """A request on its way to a service. `target` is path and query, already encoded."""

    service: str
    operation: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: AsyncIterable[bytes] | bytes | None = None


class Answer:
    """What a service says. `body` is None where it is long; it then comes in `pieces`.

    Names of `headers` are in lower case; repeated ones are one, joined as RFC 9110 (5.3) has it.
    """

    def __init__(self, response: aiohttp.ClientResponse, body: bytes | None) -> None:
        self.status = response.status
        self.headers = _joined(response.raw_headers)
        self.body = body
        self._response = response

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body as it comes. Raises aiohttp.ClientError or TimeoutError where it breaks off."""
        try:
            async for piece in self._response.content.iter_any():
                yield piece
        finally:
            await self.close()

    async def whole(self, service: str) -> bytes:
        """The body, however long. Raises Away where it breaks off."""
        if self.body is not None:
            return self.body
        try:
            return b"".join([piece async for piece in self.pieces()])
        except (aiohttp.ClientError, TimeoutError):
            raise Away(service, unknown=False) from None

    async def close(self) -> None:
        """Ends the connection, unless everything was read."""
        self._response.close()


class Services:
    """Connections to each of them apart: one that hangs uses up its own, and no other's."""

    def __init__(self, urls: Mapping[str, str], signer: Signer) -> None:
        self._urls = urls
        self._signer = signer
        self._sessions: dict[str, aiohttp.ClientSession] = {}

    async def close(self) -> None:
        """Ends all connections."""
        for session in self._sessions.values():
            await session.close()

    async def send(self, ask: Ask, principal: Principal) -> Answer:
        """Asks on behalf of a principal. Raises Away, and what the body's own source raises."""
        headers = dict(ask.headers)
        headers["Authorization"] = f"Bearer {self._signer.sign(principal, ask.service)}"
        with telemetry.span(f"proxy {ask.operation}", kind="client", service=ask.service):
            parent = telemetry.traceparent()
            if parent:
                headers["traceparent"] = parent
            return await self._answer(ask, headers)

    async def document(self, service: str) -> dict[str, Any]:
        """The service's OpenAPI document. Raises Away."""
        url = self._url(service, "/openapi.json")
        try:
            async with asyncio.timeout(DOCUMENT_S):
                response = await self._session(service).get(url, allow_redirects=False)
                response.raise_for_status()
                document: dict[str, Any] = await response.json()
                return document
        except (aiohttp.ClientError, TimeoutError, ValueError):
            raise Away(service, unknown=False) from None

    async def _answer(self, ask: Ask, headers: Mapping[str, str]) -> Answer:
        """The answer or its beginning, within the deadline; an upload has longer, as it is long."""
        upload = ask.operation in UPLOADS
        seconds = UPLOAD_S if upload else ANSWER_S
        patience = _patience(seconds if upload else SILENCE_S)
        url, session = self._url(ask.service, ask.target), self._session(ask.service)
        body = _Source(ask.body) if isinstance(ask.body, AsyncIterable) else ask.body
        try:
            async with asyncio.timeout(seconds):
                response = await session.request(
                    ask.method, url, headers=headers, data=body, timeout=patience,
                    allow_redirects=False,
                )  # fmt: skip
                return Answer(response, await response.read() if _is_short(response) else None)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise Away(ask.service, unknown=False) from None
        except (aiohttp.ClientError, TimeoutError):
            if isinstance(body, _Source) and body.trouble:
                raise body.trouble from None
            raise Away(ask.service, unknown=True) from None

    def _url(self, service: str, target: str) -> URL:
        try:
            return URL(self._urls[service] + target, encoded=True)
        except KeyError:
            raise Away(service, unknown=False) from None

    def _session(self, service: str) -> aiohttp.ClientSession:
        """The service's own; made when it is first asked, as it belongs to the loop that runs."""
        if service not in self._sessions:
            self._sessions[service] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=AT_ONCE, keepalive_timeout=KEPT_ALIVE_S),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept-Encoding": "identity"},
                skip_auto_headers=("Content-Type", "User-Agent"),
                timeout=_patience(SILENCE_S),
                auto_decompress=False,
                trust_env=False,
                middlewares=(_once,),
            )
        return self._sessions[service]


class _Source:
    """A body in pieces; `trouble` is what went wrong where they come from, which aiohttp hides."""

    def __init__(self, pieces: AsyncIterable[bytes]) -> None:
        self._pieces = pieces
        self.trouble: Exception | None = None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._pieces:
                yield piece
        except Exception as trouble:
            self.trouble = trouble
            raise


async def _once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Lets aiohttp repeat a GET whose connection ended, but not a PUT or DELETE, as it would.

    The first may have been heard. The second then finds the thing changed or gone; or it cannot
    connect, and the whole would pass for a request that never arrived.
    """
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
        if request.method == "GET":
            raise
        raise aiohttp.ClientConnectionError("the connection ended") from None


def _patience(silence: float) -> aiohttp.ClientTimeout:
    """Seconds for a free connection and for making one, and between two signs of life."""
    return aiohttp.ClientTimeout(total=None, connect=CONNECT_S, sock_read=silence)


def _is_short(response: aiohttp.ClientResponse) -> bool:
    length = response.content_length
    return response.content.is_eof() or (length is not None and length <= SHORT)


def _joined(lines: aiohttp.typedefs.RawHeaders) -> dict[str, str]:
    """In latin-1, which the answer is written in again, so that every byte stays as it is."""
    headers: dict[str, str] = {}
    for raw, value in lines:
        name, text = raw.decode("latin-1").lower(), value.decode("latin-1")
        headers[name] = f"{headers[name]}, {text}" if name in headers else text
    return headers
