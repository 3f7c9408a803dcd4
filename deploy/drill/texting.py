"""Texts ordered at the gateway, and what the provider's own log says of them afterwards.

Every order has a text of its own, so that the provider's log tells how often it was sent.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any

import httpx

from deploy.drill.experiment import Drill
from deploy.local.agency import Person

MIX: Sequence[dict[str, Any]] = (
    {"way": "rate_limited", "probability": 0.05},
    {"way": "server_error", "probability": 0.05},
    {"way": "accepted_without_answer", "probability": 0.10},
    {"way": "bad_gateway_after_accept", "probability": 0.05},
    {"way": "connection_refused", "probability": 0.03},
    {"way": "slow", "seconds": 3.0, "probability": 0.02},
    {"way": "accepted_without_answer", "withhold": True, "probability": 0.02},
    {"receipts": ["doubled"], "probability": 0.05},
    {"receipts": ["early"], "probability": 0.05},
    {"receipts": ["reversed"], "probability": 0.05},
)
"""How the provider fails: shares of all requests to send."""

DONE = frozenset({"sent", "delivered", "accepted"})
DOUBTFUL = frozenset({"unknown", "needs_review"})
OPEN = frozenset({"queued", "sending"})
BUSY = 503


@dataclass(frozen=True)
class Ordered:
    """A message that was asked for and promised."""

    text: str
    tenant: str
    message: str


class Texting:
    """Orders texts for two tenants, and settles the account with the provider's log."""

    def __init__(
        self, drill: Drill, people: dict[str, Person], provider: httpx.AsyncClient
    ) -> None:
        self._drill = drill
        self._people = people
        self._provider = provider
        self._ordered: list[Ordered] = []
        self._since = 0

    async def break_provider(self, mix: Sequence[dict[str, Any]]) -> None:
        """From now on the provider fails so."""
        order = {"faults": list(mix), "seed": self._drill.seed}
        (await self._provider.post("/texts/faults", json=order)).raise_for_status()

    async def begin(self) -> None:
        """What the provider has seen before counts for nothing."""
        answer = await self._provider.get("/sends", params={"limit": 20_000})
        self._since = answer.json()["last"]

    async def order(self, count: int, rate: float) -> None:
        """Orders so many texts, so many a second, whatever becomes of those before."""
        tenants = list(self._people)
        began = monotonic()
        async with asyncio.TaskGroup() as orders:
            for number in range(count):
                await asyncio.sleep(max(0.0, began + number / rate - monotonic()))
                orders.create_task(self._one(number, tenants[number % len(tenants)]))

    async def _one(self, number: int, tenant: str) -> None:
        """Asks until it is promised, under one idempotency key: as an agency's program would."""
        text = f"drill {self._drill.since:.0f} {number:04d}"  # its key is its own in every run
        body = {"to": f"+1303555{100 + number % 100:04d}", "class": "service", "text": text}
        headers = {"Idempotency-Key": text.replace(" ", "-")}
        while True:
            with suppress(httpx.HTTPError):
                answer = await self._people[tenant].http.post(
                    "/v1/messages", json=body, headers=headers
                )
                if answer.status_code == httpx.codes.ACCEPTED:
                    break
                self._drill.must(
                    answer.status_code >= BUSY or answer.status_code in {409, 502},
                    f"{text}: answered {answer.status_code}",
                )
            await asyncio.sleep(0.5)
        self._ordered.append(Ordered(text, tenant, answer.json()["id"]))

    async def settled(self, seconds: float) -> None:
        """Waits until the platform has done what it can: nothing is on its way any more."""
        await self._none(OPEN, seconds)

    async def judged(self, seconds: float) -> None:
        """Waits until what is still unknown is left to a person."""
        await self._none(OPEN | {"unknown"}, seconds)

    async def _none(self, states: frozenset[str], seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while set((await self._states()).values()) & states:
                    await asyncio.sleep(1.0)

    @contextmanager
    def later(self) -> Iterator[None]:
        """Time past the quarter of an hour in which evidence may come."""
        clock = self._drill.world.files.clock
        clock.write_text(str(timedelta(minutes=16).total_seconds()))
        try:
            yield
        finally:
            clock.write_text("0")

    async def account(self) -> None:
        """Counts into the drill: sent once, doubled, missing, in doubt with and without reason.

        Doubt is right only where the provider gave no sign: it took nothing, or hid that it did.
        """
        states = await self._states()
        answer = await self._provider.get("/sends", params={"since": self._since, "limit": 20_000})
        sends = answer.json()["data"]
        taken = Counter(one["text"] for one in sends if one["accepted"])
        shown = {one["text"] for one in sends if one["accepted"] and not one["withheld"]}
        counts = self._drill.counts
        counts["texts"] += len(self._ordered)
        counts.update(f"provider: {one['way']}" for one in sends)
        for one in self._ordered:
            state, times = states[one.message], taken[one.text]
            counts[state] += 1
            if times > 1:
                self._drill.doubled += times - 1
                self._drill.faults.append(f"{one.text}: sent {times} times")
            if state in DOUBTFUL:
                self._drill.must(
                    one.text not in shown, f"{one.text}: {state}, and there was a sign"
                )
            elif state not in DONE or times == 0:
                self._drill.lost += 1
                self._drill.faults.append(f"{one.text}: {state}, sent {times} times")

    async def _states(self) -> dict[str, str]:
        """The state of each message, as the agency reads it."""
        found: dict[str, str] = {}
        for person in self._people.values():
            cursor = None
            while True:
                page = await self._page(person, cursor)
                found |= {one["id"]: one["state"] for one in page["data"]}
                cursor = page["next_cursor"]
                if not cursor:
                    break
        return {one.message: found.get(one.message, "not found") for one in self._ordered}

    async def _page(self, person: Person, cursor: str | None) -> dict[str, Any]:
        asked = {"limit": "200", **({"cursor": cursor} if cursor else {})}
        while True:
            with suppress(httpx.HTTPError):
                answer = await person.http.get("/v1/messages", params=asked)
                if answer.is_success:
                    page: dict[str, Any] = answer.json()
                    return page
            await asyncio.sleep(1.0)
