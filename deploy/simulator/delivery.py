"""Delivers webhooks by Telnyx's rules: two seconds, three tries for each URL.

5xx, 408, 429 and silence are tried again; any other answer but 2xx is final.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from time import perf_counter
from uuid import uuid4

import httpx

from deploy.simulator.payloads import Event
from deploy.simulator.signing import Signature, Signer

TRIES = 3
_LOGGED = 20_000
_USER_AGENT = "telnyx-webhooks"


@dataclass
class Attempt:
    """One request, begun at `at`; `status` is None where no answer came in time."""

    attempt: int
    url: str
    status: int | None
    milliseconds: float
    at: datetime

    @property
    def finished_at(self) -> datetime:
        """When it was over."""
        return self.at + timedelta(milliseconds=self.milliseconds)

    @property
    def delivered(self) -> bool:
        """Whether it was answered with 2xx."""
        return self.status is not None and httpx.codes.is_success(self.status)


@dataclass
class Delivery:
    """One event on its way; over as soon as it is `settled`."""

    event: Event
    started_at: datetime
    id: str = field(default_factory=lambda: str(uuid4()))
    attempts: list[Attempt] = field(default_factory=list)
    settled: bool = False

    @cached_property
    def told(self) -> str:
        """The event as JSON, to be searched."""
        return json.dumps(self.event.data(), ensure_ascii=False)

    @property
    def finished_at(self) -> datetime:
        """When the last attempt so far was over."""
        return self.attempts[-1].finished_at if self.attempts else self.started_at

    @property
    def delivered(self) -> bool:
        """Whether the last attempt was answered with 2xx."""
        return bool(self.attempts) and self.attempts[-1].delivered


@dataclass(frozen=True)
class Rules:
    """Where to deliver (the first URL, then the failover), and how patiently.

    `timeout` and `pauses` (before the second and the third try) are seconds.
    """

    targets: Sequence[str]
    timeout: float = 2.0
    pauses: Sequence[float] = (0.25, 0.5)


class Courier:
    """Signs, sends, tries again, and keeps a bounded log."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        signer: Signer,
        rules: Rules,
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._signer = signer
        self._rules = rules
        self._now = now
        self.log: deque[Delivery] = deque(maxlen=_LOGGED)

    @property
    def targets(self) -> Sequence[str]:
        """Where events go that name no URL of their own."""
        return self._rules.targets

    async def deliver(
        self, event: Event, signature: Signature = "good", urls: Sequence[str] | None = None
    ) -> Delivery:
        """Delivers one event, to the targets or to `urls` in turn.

        An unreachable target is a delivery that failed, not an error.
        """
        delivery = self._begun(event)
        for url in self.targets if urls is None else urls:
            if await self._try(event, url, delivery, signature):
                break
        delivery.settled = True
        return delivery

    def lose(self, event: Event, urls: Sequence[str]) -> None:
        """Logs a delivery that failed at every try, and sends nothing."""
        delivery = self._begun(event)
        tries = (url for url in urls for _ in range(TRIES))
        delivery.attempts = [
            Attempt(number, url, None, 0.0, self._now()) for number, url in enumerate(tries, 1)
        ]
        delivery.settled = True

    def _begun(self, event: Event) -> Delivery:
        delivery = Delivery(event, self._now())
        self.log.append(delivery)
        return delivery

    async def _try(self, event: Event, url: str, delivery: Delivery, how: Signature) -> bool:
        """Whether the matter is settled, by success or by a final refusal."""
        for number in range(TRIES):
            if number:
                pauses = self._rules.pauses
                await asyncio.sleep(pauses[min(number, len(pauses)) - 1] if pauses else 0)
            attempt = await self._attempt(event, url, len(delivery.attempts) + 1, how)
            delivery.attempts.append(attempt)
            if not _is_retried(attempt.status):
                return True
        return False

    async def _attempt(self, event: Event, url: str, number: int, how: Signature) -> Attempt:
        at, started = self._now(), perf_counter()
        status = await self._post(url, event.body(number, url), how)
        spent = round((perf_counter() - started) * 1000, 3)
        return Attempt(number, url, status, spent, at)

    async def _post(self, url: str, body: bytes, how: Signature) -> int | None:
        signed = self._signer.headers(body, int(self._now().timestamp()), how)
        headers = [("content-type", "application/json"), ("user-agent", _USER_AGENT), *signed]
        try:
            async with asyncio.timeout(self._rules.timeout):
                answer = await self._client.post(url, content=body, headers=headers)
        except (TimeoutError, httpx.HTTPError):
            return None
        return answer.status_code


def _is_retried(status: int | None) -> bool:
    """No answer, 408, 429 and 5xx."""
    return status is None or status in {408, 429} or httpx.codes.is_server_error(status)
