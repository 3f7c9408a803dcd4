"""A provider for tests, which answers as told and remembers what it was asked; the job asks it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import httpx

from libs.common import clock
from services.messaging.clients import Letter, Provider
from services.messaging.domain import outcome
from services.messaging.domain.reported import Particulars
from services.messaging.jobs import Sending
from services.messaging.store import Store
from tests.support.http import Harness

Answer = Callable[[httpx.Request], httpx.Response]


class Telnyx:
    """`answers` are given in turn, then everything is accepted.

    `log` is what was asked; `doubtful` are the texts of which some may have gone out.
    """

    def __init__(self, *answers: Answer | httpx.Response | BaseException) -> None:
        self.answers = list(answers)
        self.log: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.deliveries: list[dict[str, Any]] = []
        self.messages: dict[str, dict[str, Any]] = {}
        self.looks: list[httpx.URL] = []
        self.away = False
        self.doubtful: list[str] = []

    def provider(self) -> Provider:
        """As the service has it."""
        transport = httpx.MockTransport(self._take)
        return Provider("http://telnyx.test", "KEY0123", "https://hooks.test/telnyx", transport)

    def refs(self) -> list[str]:
        """The names of the attempts, from the URLs that receipts are to come to."""
        urls = (urlsplit(body["webhook_url"]) for body in self.log)
        return [parse_qs(url.query)["ref"][0] for url in urls]

    def delivered(self, ref: str, status: str, provider_id: str = "p-1", **told: Any) -> None:
        """The provider's log has a webhook about an attempt."""
        payload = shown(provider_id, status, ref, **told)
        now = clock.now().isoformat()
        webhook = {"event_type": "message.sent", "occurred_at": now, "payload": payload}
        self.deliveries.append({"status": "failed", "webhook": webhook})

    def _take(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return self._send(request)
        self.looks.append(request.url)
        if self.away:
            return httpx.Response(503)
        if request.url.path == "/v2/webhook_deliveries":
            return httpx.Response(200, json={"data": self.deliveries})
        found = self.messages.get(request.url.path.rpartition("/")[2])
        return httpx.Response(200, json={"data": found}) if found else httpx.Response(404)

    def _send(self, request: httpx.Request) -> httpx.Response:
        self.log.append(json.loads(request.content))
        self.keys.append(request.headers["Idempotency-Key"])
        answer = self.answers.pop(0) if self.answers else accepted(f"p-{len(self.log)}")
        if _may_be_sent(answer):
            self.doubtful.append(self.log[-1]["text"])
        if isinstance(answer, BaseException):
            raise answer
        return answer if isinstance(answer, httpx.Response) else answer(request)


async def turn(house: Harness[Store], asked: Telnyx | Provider) -> None:
    """A job that has just started sends what is due, to the end of its requests."""
    provider = asked.provider() if isinstance(asked, Telnyx) else asked
    await once(Sending(cast(Any, house), provider))


async def once(sending: Sending) -> None:
    """One round, to the end of its requests."""
    async with asyncio.TaskGroup() as tasks:
        await sending.round(tasks)


def held_up(telnyx: Telnyx, by: Callable[[], Awaitable[None]]) -> Provider:
    """Something happens between the claim of a message and the request."""
    provider = telnyx.provider()
    post = provider.send

    async def late(letter: Letter) -> tuple[outcome.Answer, Particulars]:
        await by()
        return await post(letter)

    provider.send = late  # type: ignore[method-assign]
    return provider


def _may_be_sent(answer: object) -> bool:
    """Whether the text can have gone out, for all that the service knows."""
    if isinstance(answer, httpx.Response):
        return answer.status_code < 300
    return not isinstance(answer, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)


def shown(provider_id: str, status: str, ref: str = "", **told: Any) -> dict[str, Any]:
    """A message as the provider shows it."""
    now = clock.now()
    return {
        "id": provider_id,
        "to": [{"phone_number": "+1212", "status": status}],
        "webhook_url": f"https://hooks.test/telnyx?ref={ref}",
        "parts": 1,
        "cost": {"amount": "0.0140", "currency": "USD"},
        "received_at": now.isoformat(),
        "valid_until": (now + timedelta(hours=1)).isoformat(),
        "errors": [],
        **told,
    }


def accepted(provider_id: str = "p-1") -> httpx.Response:
    """The provider takes it."""
    return httpx.Response(200, json={"data": shown(provider_id, "queued")})


def refused(status: int, *codes: str) -> httpx.Response:
    """The provider does not take it."""
    return httpx.Response(status, json={"errors": [{"code": code} for code in codes]})
