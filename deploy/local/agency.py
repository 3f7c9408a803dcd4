"""An agency at the public doors: people who sign in, files they upload, the live stream."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Self

import httpx
from httpx_sse import aconnect_sse

from libs.common import clock


@dataclass
class Login:
    """An e-mail address and its password."""

    email: str
    password: str


class Person:
    """Somebody signed in at the gateway."""

    def __init__(self, url: str) -> None:
        self.http = httpx.AsyncClient(base_url=url, headers={"Origin": url}, timeout=30.0)

    @classmethod
    async def signed_in(cls, url: str, login: Login) -> Self:
        """Signs in. Raises httpx.HTTPStatusError where that is refused."""
        person = cls(url)
        body = {"email": login.email, "password": login.password}
        (await person.http.post("/v1/session", json=body)).raise_for_status()
        return person

    async def upload(self, content: bytes) -> dict[str, Any]:
        """Imports a CSV file and returns the import."""
        answer = await self.http.post(
            "/v1/imports",
            params={"source": "demo file", "lawful_basis": "contract"},
            content=content,
            headers={"Content-Type": "text/csv"},
            timeout=120.0,
        )
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    async def safeguard(self, region: str, reference: str) -> None:
        """Records what lets personal data go to a region, from now on."""
        body = {
            "kind": "standard_clauses",
            "reference": reference,
            "valid_from": clock.rfc3339(clock.now()),
        }
        answer = await self.http.put(f"/v1/safeguards/{region}", json=body)
        answer.raise_for_status()

    @asynccontextmanager
    async def live(self) -> AsyncIterator["Stream"]:
        """The live stream; its first event has come when this is entered."""
        stream = Stream()
        reading = asyncio.ensure_future(stream.read(self.http))
        try:
            await stream.expect("snapshot", lambda _: True)
            yield stream
        finally:
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading

    async def close(self) -> None:
        """Ends the connections."""
        await self.http.aclose()


@dataclass
class Stream:
    """Server-sent events as they arrive: the moment, the event name, the data."""

    seen: list[tuple[float, str, dict[str, Any]]] = field(default_factory=list)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def read(self, http: httpx.AsyncClient) -> None:
        """Reads until cancelled."""
        async with aconnect_sse(http, "GET", "/v1/live", timeout=None) as source:
            async for event in source.aiter_sse():
                if not event.data:
                    continue  # a ping: the library makes an event of it, under the last one's id
                async with self._news:
                    self.seen.append((monotonic(), event.event, json.loads(event.data)))
                    self._news.notify_all()

    async def expect(
        self, name: str, fits: Any, seconds: float = 5.0
    ) -> tuple[float, dict[str, Any]]:
        """The first event that fits, with its arrival. Raises TimeoutError."""
        async with asyncio.timeout(seconds), self._news:
            while True:
                for at, event, data in self.seen:
                    if event == name and fits(data):
                        return at, data
                await self._news.wait()

    def sessions(self) -> set[str]:
        """The calls that this stream has told of."""
        found = (data.get("data", {}).get("session_id") for _, _, data in self.seen)
        return {session for session in found if session}
