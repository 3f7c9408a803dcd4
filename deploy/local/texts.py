"""Texts, seen from outside: one goes out and is delivered; after STOP the next one may not go.

Only public doors are used. The customer texts START at the end, so that it can be shown again.
"""

from collections.abc import Callable
from time import monotonic
from typing import Any
from uuid import uuid4

import httpx

from deploy.local.agency import Person, Stream
from deploy.local.server import Say
from deploy.local.unseen import Unseen

LIMIT = 5.0


class Texts:
    """An agent who writes, a customer who answers, and the provider between them."""

    def __init__(self, stack: dict[str, Any], tenant: str, customer: str, say: Say) -> None:
        self._line = stack["tenants"][tenant]["number"]
        self._simulator = stack["simulator"]["url"]
        self._customer = customer
        self._say = say

    async def run(self, agent: Person, stream: Stream, outside: httpx.AsyncClient) -> None:
        """Raises Unseen at the first step that fails."""
        if (await self._consent(agent)).get("suppressed"):
            await self._text(outside, stream, "START", suppressed=False)
        await self._delivered(agent, stream)
        await self._text(outside, stream, "STOP", suppressed=True)
        await self._refused(agent)
        await self._text(outside, stream, "START", suppressed=False)

    async def _delivered(self, agent: Person, stream: Stream) -> None:
        began = monotonic()
        answer = await self._send(agent, "Your policy is ready. Call us any time.")
        _must(answer.status_code == 202, f"the text was answered {answer.status_code}")
        message = answer.json()["id"]
        after = []
        for name in ("sms.sent", "sms.delivered"):
            at, _ = await _expect(stream, name, lambda data: data.get("message_id") == message)
            after.append(f"{(at - began) * 1000:.0f}")
        self._say(f"a text: with the provider after {after[0]} ms, delivered after {after[1]} ms")

    async def _text(
        self, outside: httpx.AsyncClient, stream: Stream, words: str, *, suppressed: bool
    ) -> None:
        """A customer texts a word, and the screen says what it changed."""
        began, seen = monotonic(), len(stream.seen)
        order = {"from": self._customer, "to": self._line, "text": words}
        answer = (await outside.post(f"{self._simulator}/texts", json=order)).json()
        _must(answer["status"] == 200, f"the webhook was answered {answer['status']}")

        def fits(data: dict[str, Any]) -> bool:
            known = [event.get("data") for _, _, event in stream.seen[:seen]]
            return data.get("suppressed") is suppressed and data not in known

        at, _ = await _expect(stream, "consent.changed", fits)
        self._say(f"{words}: consent changed on the screen after {(at - began) * 1000:.0f} ms")

    async def _refused(self, agent: Person) -> None:
        answer = await self._send(agent, "One more thing.")
        _must(answer.status_code == 403, f"the text after STOP was answered {answer.status_code}")
        self._say(f"the next text is refused: {answer.json()['detail']}")

    async def _consent(self, agent: Person) -> dict[str, Any]:
        answer = await agent.http.post("/v1/consents:find", json={"number": self._customer})
        found: dict[str, Any] = answer.json() if answer.is_success else {}
        return found

    async def _send(self, agent: Person, text: str) -> httpx.Response:
        body = {"to": self._customer, "class": "service", "text": text}
        return await agent.http.post(
            "/v1/messages", json=body, headers={"Idempotency-Key": uuid4().hex}
        )


async def _expect(
    stream: Stream, name: str, fits: Callable[[dict[str, Any]], bool]
) -> tuple[float, dict[str, Any]]:
    try:
        return await stream.expect(name, lambda event: fits(event.get("data", {})), LIMIT)
    except TimeoutError:
        raise Unseen(f"texts: no {name} within {LIMIT:.0f} s") from None


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Unseen(f"texts: {otherwise}")
