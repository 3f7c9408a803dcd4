"""Posts signed webhooks as the provider does, and keeps its own record of the answers.

The record is a file that is only appended to; what the platform owes is read from it and from
nothing else.
"""

import asyncio
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx

from deploy.drill.traffic import Webhook, Webhooks
from deploy.simulator.signing import Signer

TIMEOUT = 2.0
PAUSES = (0.25, 0.5)
GAP = 0.25
MOST = 4_000


@dataclass(frozen=True)
class Load:
    """How much: at least so many webhooks, so many a second, until the faults are over."""

    webhooks: int = 300
    rate: float = 20.0
    poisoned: float = 0.02


@dataclass(frozen=True)
class Answer:
    """One attempt: `began` and `at` are seconds since the epoch, `status` None for silence."""

    id: str
    kind: str
    tenant: str | None
    session: str | None
    expected: dict[str, str | None]
    began: float
    at: float
    status: int | None
    retry_after: bool


class Poster:
    """The provider's side: two seconds, three tries, then it gives up."""

    def __init__(self, url: str, signer: Signer, record: Path) -> None:
        self._url = url
        self._signer = signer
        self.record = record
        self._given_up: list[Webhooks] = []
        self._http = httpx.AsyncClient(timeout=TIMEOUT, trust_env=False)

    async def run(self, stream: Iterator[Webhooks], load: Load, over: Callable[[], bool]) -> None:
        """Posts at a steady rate: the load, and on until `over`."""
        posted = 0
        async with asyncio.TaskGroup() as tasks:
            while posted < load.webhooks or (not over() and posted < MOST):
                webhooks = next(stream)
                tasks.create_task(self.post_all(webhooks))
                count = sum(webhook.copies for webhook in webhooks)
                posted += count
                await asyncio.sleep(count / load.rate)

    async def post_all(self, webhooks: Webhooks) -> None:
        """One after the other; what is not taken is kept for later, with what follows it."""
        for number, webhook in enumerate(webhooks):
            if number:
                await asyncio.sleep(GAP)
            copies = [self.post(webhook) for _ in range(webhook.copies)]
            if not any(await asyncio.gather(*copies)):
                self._given_up.append((webhook,))

    async def post(self, webhook: Webhook) -> bool:
        """Up to three tries; says whether it was taken."""
        for pause in (*PAUSES, None):
            status = await self._attempt(webhook)
            if status == 200:
                return True
            if pause is None or (status is not None and status < 500):
                return False
            await asyncio.sleep(pause * random.uniform(0.9, 1.1))  # noqa: S311
        return False

    async def post_again(self) -> int:
        """What was given up, once more, as a reconciliation would; returns how many."""
        again, self._given_up = self._given_up, []
        for webhooks in again:
            await self.post_all(webhooks)
        return len(again)

    async def close(self) -> None:
        """Ends the connections."""
        await self._http.aclose()

    async def _attempt(self, webhook: Webhook) -> int | None:
        began = time.time()
        headers = self._signer.headers(webhook.body, int(began))
        status, retry_after = None, False
        try:
            async with asyncio.timeout(TIMEOUT):
                answer = await self._http.post(self._url, content=webhook.body, headers=headers)
            status, retry_after = answer.status_code, "retry-after" in answer.headers
        except (TimeoutError, httpx.HTTPError):
            pass  # silence: whether it arrived is not known
        self.note(
            Answer(
                webhook.id,
                webhook.kind,
                webhook.tenant,
                webhook.session,
                webhook.expected,
                began,
                time.time(),
                status,
                retry_after,
            )
        )
        return status

    def note(self, answer: Answer) -> None:
        """Adds an answer to the record: one of the door, or of the broker for a raw record."""
        with self.record.open("a") as out:
            out.write(json.dumps(asdict(answer)) + "\n")


def answers(record: Path) -> list[Answer]:
    """Every attempt, in the order of the answers."""
    if not record.exists():
        return []
    return [Answer(**json.loads(line)) for line in record.read_text().splitlines()]
