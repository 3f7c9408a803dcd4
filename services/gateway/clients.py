"""HTTP out: the services behind the gateway. Nothing is tried twice: the caller may."""

import asyncio
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from libs.common import telemetry
from libs.common.principal import Principal, Signer
from services.gateway.domain.routes import UPLOADS

CONNECT_S, SILENCE_S = 2.0, 10.0
ANSWER_S, UPLOAD_S = 30.0, 1800.0
DOCUMENT_S = 5.0


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


class Services:
    """One pool of connections to all of them."""

    def __init__(self, urls: Mapping[str, str], signer: Signer) -> None:
        self._urls = urls
        self._signer = signer
        limits = httpx.Limits(max_connections=500, max_keepalive_connections=50)
        timeout = httpx.Timeout(SILENCE_S, connect=CONNECT_S, pool=CONNECT_S)
        self._http = httpx.AsyncClient(limits=limits, timeout=timeout, trust_env=False)

    async def close(self) -> None:
        """Ends all connections."""
        await self._http.aclose()

    async def send(self, ask: Ask, principal: Principal) -> httpx.Response:
        """Asks on behalf of a principal; the answer's body is still to be read. Raises Away."""
        headers = {**ask.headers, "Accept-Encoding": "identity"}
        headers["Authorization"] = f"Bearer {self._signer.sign(principal, ask.service)}"
        with telemetry.span(f"proxy {ask.operation}", kind="client", service=ask.service):
            parent = telemetry.traceparent()
            if parent:
                headers["traceparent"] = parent
            return await self._answer(ask, headers)

    async def document(self, service: str) -> dict[str, Any]:
        """The service's OpenAPI document. Raises Away."""
        try:
            async with asyncio.timeout(DOCUMENT_S):
                answer = await self._http.get(f"{self._url(service)}/openapi.json")
                document: dict[str, Any] = answer.raise_for_status().json()
                return document
        except (httpx.HTTPError, TimeoutError, ValueError):
            raise Away(service, unknown=False) from None

    async def _answer(self, ask: Ask, headers: Mapping[str, str]) -> httpx.Response:
        """The answer's beginning, within the deadline; an upload has longer, as it is long."""
        upload = ask.operation in UPLOADS
        seconds = UPLOAD_S if upload else ANSWER_S
        silence = httpx.Timeout(seconds if upload else SILENCE_S, connect=CONNECT_S)
        url = f"{self._url(ask.service)}{ask.target}"
        request = self._http.build_request(
            ask.method, url, headers=headers, content=ask.body, timeout=silence
        )
        try:
            async with asyncio.timeout(seconds):
                return await self._http.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise Away(ask.service, unknown=False) from None
        except (httpx.TransportError, TimeoutError):
            raise Away(ask.service, unknown=True) from None

    def _url(self, service: str) -> str:
        try:
            return self._urls[service]
        except KeyError:
            raise Away(service, unknown=False) from None
