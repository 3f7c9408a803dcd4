"""A scripted target in place of ingest, and a simulator in front of it."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI
from nacl.signing import SigningKey

from deploy.simulator.app import build
from deploy.simulator.delivery import Rules
from deploy.simulator.messages.carrier import Terms
from deploy.simulator.signing import Signer

SIGNER = Signer(SigningKey(b"\x07" * 32))
TARGET = "http://ingest.test/webhooks/telnyx"
FAILOVER = "http://failover.test/webhooks/telnyx"
OURS, CUSTOMER = "+12025550131", "+15125550142"

API_KEY = "a-test-key"
PROFILE = "4001932d-9b55-4bb8-9cd1-85de6c4d83d9"
AT_ONCE = Terms(delays=(0, 0))
RECEIPTS = "http://ingest.test/webhooks/telnyx?ref=8e03978e40d543e8bc936894a57f9326"
MESSAGE: dict[str, Any] = {
    "from": OURS,
    "to": CUSTOMER,
    "text": "Your table is ready.",
    "type": "SMS",
    "messaging_profile_id": PROFILE,
    "webhook_url": RECEIPTS,
    "use_profile_webhooks": False,
}


@dataclass
class Target:
    """Answers with the given statuses in turn, then 200; None is silence."""

    answers: list[int | None] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else 200
        if answer is None:
            raise httpx.ReadTimeout("silence", request=request)
        return httpx.Response(answer)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.requests]

    @property
    def payloads(self) -> list[dict[str, Any]]:
        return [body["data"]["payload"] for body in self.bodies]

    @property
    def types(self) -> list[str]:
        return [body["data"]["event_type"] for body in self.bodies]


@dataclass
class Clock:
    at: datetime = datetime(2026, 11, 22, 12, 0, 0, 123456, UTC)

    def now(self) -> datetime:
        return self.at

    def pass_(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def built(target: Target, clock: Clock, *urls: str, terms: Terms = AT_ONCE) -> FastAPI:
    """A simulator that delivers to the target without pauses."""
    out = httpx.AsyncClient(transport=httpx.MockTransport(target.handle))
    return build(SIGNER, Rules(urls or (TARGET,), pauses=(0, 0)), clock.now, out, terms)


def simulator(
    target: Target, clock: Clock, *urls: str, terms: Terms = AT_ONCE
) -> httpx.AsyncClient:
    """A client of it, whose key is good."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(built(target, clock, *urls, terms=terms)),
        base_url="http://simulator.test",
        headers={"authorization": f"Bearer {API_KEY}"},
    )


async def post(telnyx: httpx.AsyncClient, key: str | None = None, **body: Any) -> httpx.Response:
    """Asks for a message; all receipts are delivered when it returns."""
    headers = {"idempotency-key": key} if key else {}
    return await telnyx.post("/v2/messages", json=MESSAGE | body, headers=headers)


async def order(telnyx: httpx.AsyncClient, *faults: dict[str, Any], seed: int = 0) -> None:
    """Sets what goes wrong from now on."""
    answer = await telnyx.post("/texts/faults", json={"faults": faults, "seed": seed})
    assert answer.status_code == 200, answer.text


async def log(telnyx: httpx.AsyncClient) -> list[dict[str, Any]]:
    """The log of requests to send."""
    entries: list[dict[str, Any]] = (await telnyx.get("/sends")).json()["data"]
    return entries


def code_of(answer: httpx.Response) -> tuple[int, str]:
    """Status and first code of an error."""
    return answer.status_code, answer.json()["errors"][0]["code"]
