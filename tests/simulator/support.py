"""A scripted target in place of ingest, and a simulator in front of it."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from nacl.signing import SigningKey

from deploy.simulator.app import build
from deploy.simulator.delivery import Rules
from deploy.simulator.signing import Signer

SIGNER = Signer(SigningKey(b"\x07" * 32))
TARGET = "http://ingest.test/webhooks/telnyx"
FAILOVER = "http://failover.test/webhooks/telnyx"
OURS, CUSTOMER = "+12025550131", "+15125550142"


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


def simulator(target: Target, clock: Clock, *urls: str) -> httpx.AsyncClient:
    """A client of a simulator that delivers to the target without pauses."""
    out = httpx.AsyncClient(transport=httpx.MockTransport(target.handle))
    app = build(SIGNER, Rules(urls or (TARGET,), pauses=(0, 0)), clock.now, out)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://simulator.test")
