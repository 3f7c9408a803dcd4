"""Delivers webhooks by Telnyx's rules: two seconds, three tries for each URL.

5xx, 408, 429 and silence are tried again; any other answer but 2xx is final.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter

import httpx

from deploy.simulator.payloads import Event
from deploy.simulator.signing import Signature, Signer

TRIES = 3
_LOGGED = 2000
_USER_AGENT = "telnyx-webhooks"


@dataclass
class Attempt:
    """One request; `status` is None where no answer came in time."""

    attempt: int
    url: str
    status: int | None
    milliseconds: float


@dataclass
class Delivery:
    """One event on its way."""

    event_id: str
    event_type: str
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def delivered(self) -> bool:
        """Whether the last attempt was answered with 2xx."""
        return bool(self.attempts) and _is_success(self.attempts[-1].status)


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

    async def deliver(self, event: Event, signature: Signature = "good") -> Delivery:
        """Delivers one event; an unreachable target is a delivery that failed, not an error."""
        delivery = Delivery(event.id, event.type)
        self.log.append(delivery)
        for url in self._rules.targets:
            if await self._try(event, url, delivery, signature):
                break
        return delivery

    async def _try(self, event: Event, url: str, delivery: Delivery, how: Signature) -> bool:
        """Whether the matter is settled, by success or by a final refusal."""
        for number in range(TRIES):
            if number:
                pauses = self._rules.pauses
                await asyncio.sleep(pauses[min(number, len(pauses)) - 1] if pauses else 0)
            attempt = len(delivery.attempts) + 1
            body = event.body(attempt, url)
            started = perf_counter()
            status = await self._post(url, body, how)
            spent = round((perf_counter() - started) * 1000, 3)
            delivery.attempts.append(Attempt(attempt, url, status, spent))
            if not _is_retried(status):
                return True
        return False

    async def _post(self, url: str, body: bytes, how: Signature) -> int | None:
        signed = self._signer.headers(body, int(self._now().timestamp()), how)
        headers = [("content-type", "application/json"), ("user-agent", _USER_AGENT), *signed]
        try:
            async with asyncio.timeout(self._rules.timeout):
                answer = await self._client.post(url, content=body, headers=headers)
        except (TimeoutError, httpx.HTTPError):
            return None
        return answer.status_code


def _is_success(status: int | None) -> bool:
    return status is not None and httpx.codes.is_success(status)


def _is_retried(status: int | None) -> bool:
    """No answer, 408, 429 and 5xx."""
    return status is None or status in {408, 429} or httpx.codes.is_server_error(status)
