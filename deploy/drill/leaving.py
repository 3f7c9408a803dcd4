"""People who are to be erased, and all that goes on about them: calls, texts, files, requests.

They have numbers of their own: what becomes of the other callers is counted as in every drill.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Any

import httpx

from deploy.drill.experiment import Drill
from deploy.drill.poster import Poster
from deploy.drill.traffic import Line, Webhooks, call_of
from deploy.local.agency import Person

REQUESTS = "/v1/privacy/requests"
ATTESTED = {"how": "called_back", "reason": "The number was called back."}
OPEN = {"kind": "erasure", "open": "true", "limit": "200"}
PATIENCE = 90.0
"""Seconds for one answer of the gateway, while what is behind it is killed and started."""

_AREA = "+1701555"
_PAUSE = 0.5


@dataclass(eq=False)
class Leaver:
    """Somebody on one agency's file. `asked` once no new call or text of theirs is begun.

    What a person does after having asked is theirs to do: it is not erased, and would be found.
    """

    index: int
    line: Line
    asked: bool = False
    request: str = ""
    proof: dict[str, Any] = field(default_factory=dict)
    calls: list[Webhooks] = field(default_factory=list)
    busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def number(self) -> str:
        """As E.164."""
        return f"{_AREA}{1000 + self.index}"


def leavers(lines: Sequence[Line], count: int, first: int) -> list[Leaver]:
    """So many, in turn of each agency. `first`: nobody who was erased may simply come again."""
    return [Leaver(first + n, lines[n % len(lines)]) for n in range(count)]


def file(people: Sequence[Leaver], tenant: str) -> bytes:
    """The CSV of one agency that has them all."""
    mine = [one for one in people if one.line.tenant == tenant]
    rows = [f"LEAVE-{one.index:04d},Leaving Person {one.index:04d},{one.number}" for one in mine]
    return "\n".join(["Client No.,Client Name,Phone", *rows, ""]).encode()


class Leaving:
    """What they do and what the agencies do for them, through the doors that all use."""

    def __init__(
        self,
        drill: Drill,
        people: Sequence[Leaver],
        admins: dict[str, Person],
        provider: httpx.AsyncClient,
        poster: Poster,
    ) -> None:
        self._drill = drill
        self._people = people
        self._admins = admins
        self._provider = provider
        self._poster = poster

    async def arrive(self) -> None:
        """They are on file, have called, and have texted and been answered."""
        for tenant, admin in self._admins.items():
            done = await admin.upload(file(self._people, tenant))
            self._drill.counts["on file"] += done["created"]
        for one in self._people:
            await self._ring(one)
            await self._text(one)

    async def live(self) -> None:
        """Calls and texts of those who have not asked yet, and the files again, until cancelled."""
        rng, times = self._drill.rng, 0
        while staying := [one for one in self._people if not one.asked]:
            one = rng.choice(staying)
            await (self._text(one) if rng.random() < 0.3 else self._ring(one))
            times += 1
            if times % 10 == 0:
                await self.files_again()
            await asyncio.sleep(_PAUSE)

    async def ask(self, people: Sequence[Leaver]) -> None:
        """All at once, each in the middle of a call."""
        async with asyncio.TaskGroup() as asking:
            for one in people:
                asking.create_task(self._ask(one))

    async def _ask(self, one: Leaver) -> None:
        async with one.busy:
            one.asked = True
            rang, *rest = call_of(one.line, one.number)
            one.calls.append((rang, *rest))
            taken = await self._poster.post(rang)
            self._drill.counts["calls cut through"] += taken
            await self._request(one)
            await self._poster.post_all(tuple(rest))

    async def _request(self, one: Leaver) -> None:
        """Opened and attested as an Admin does it, again until it is known to have been taken."""
        http, drill = self._admins[one.line.tenant].http, self._drill
        body = {"kind": "erasure", "number": one.number, "channel": "agent"}
        key = {"Idempotency-Key": f"drill-{drill.since:.0f}-{one.index}"}
        opened = await _answered(partial(http.post, REQUESTS, json=body, headers=key), {201})
        one.request = opened.json()["id"]
        place = f"{REQUESTS}/{one.request}:attest"
        await _answered(partial(http.post, place, json=ATTESTED), {200, 409})
        drill.counts["asked"] += 1

    async def _ring(self, one: Leaver) -> None:
        async with one.busy:
            if not one.asked:
                call = call_of(one.line, one.number)
                one.calls.append(call)
                await self._poster.post_all(call)
                self._drill.counts["their calls"] += 1

    async def _text(self, one: Leaver) -> None:
        """One of theirs, and one to them."""
        async with one.busy:
            if one.asked:
                return
            said = {"from": one.number, "to": one.line.number, "text": "Hello there"}
            with suppress(httpx.HTTPError):
                answer = (await self._provider.post("/texts", json=said)).json()
                self._drill.counts["their texts"] += answer["status"] == httpx.codes.OK
            body = {"to": one.number, "class": "service", "text": "Hello back"}
            with suppress(httpx.HTTPError):
                answer = await self._admins[one.line.tenant].http.post("/v1/messages", json=body)
                self._drill.counts["texts to them"] += answer.status_code == httpx.codes.ACCEPTED

    async def files_again(self) -> dict[str, int]:
        """The same files once more: how many lines of each agency's are refused as erased."""
        refused = {}
        for tenant, admin in self._admins.items():
            with suppress(httpx.HTTPError):  # a killed process breaks it off: there are others
                done = await admin.upload(file(self._people, tenant))
                refused[tenant] = done["faults"].get("suppressed", 0)
                self._drill.counts["files again"] += 1
        self._drill.counts["suppressed"] += sum(refused.values())
        return refused

    async def calls_again(self) -> None:
        """Every webhook of theirs once more, as if the provider had not been answered."""
        for one in self._people:
            for call in one.calls:
                for webhook in call:
                    self._drill.counts["posted again"] += await self._poster.post(webhook)

    async def under_way(self) -> set[str]:
        """Requests that are not done with."""
        found: set[str] = set()
        for admin in self._admins.values():
            page = await _answered(partial(admin.http.get, REQUESTS, params=OPEN), {200})
            found |= {one["id"] for one in page.json()["data"]}
        return found & {one.request for one in self._people}

    async def completed(self, seconds: float) -> float:
        """Waits for all, so long at the most, and fetches the certificates that there are.

        Returns how long it took.
        """
        began = monotonic()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while await self.under_way():
                    await asyncio.sleep(1.0)
        took = monotonic() - began
        for one in self._people:
            http, place = self._admins[one.line.tenant].http, f"{REQUESTS}/{one.request}"
            asking = partial(http.get, f"{place}/certificate")
            answer = await _answered(asking, {200, 404, 409})
            one.proof = answer.json() if answer.is_success else {}
        return took


async def _answered(ask: Callable[[], Awaitable[httpx.Response]], fine: set[int]) -> httpx.Response:
    """Asks until it is answered with one of these, as a program would. Raises TimeoutError."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(httpx.HTTPError):
                answer = await ask()
                if answer.status_code in fine:
                    return answer
            await asyncio.sleep(_PAUSE)
