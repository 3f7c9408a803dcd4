"""The main job, seen from outside: calls ring at one door, cards appear at the other.

Only public doors are used: the simulator posts signed webhooks, people sign in and read their
live streams. Each step asserts what the agent must see, within five seconds.
"""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from time import monotonic
from typing import Any

import httpx

from deploy.local.agency import Login, Person, Stream
from deploy.local.calls import CALLS, Expected
from deploy.local.people import People
from deploy.local.rights import Rights
from deploy.local.server import Say
from deploy.local.texts import Texts
from deploy.local.unseen import Unseen

LIMIT = 5.0


class Show:
    """Rings the calls one after the other and watches both agencies' screens.

    `worn`: somebody may have changed what the demo files brought; others stand in for people who
    are gone. `missed` is told of a step that fails, and the next one follows; without it the first
    such step ends all.
    """

    def __init__(
        self,
        stack: dict[str, Any],
        say: Say,
        *,
        worn: bool = False,
        missed: Callable[[Exception], None] | None = None,
    ) -> None:
        self._stack = stack
        self._say = say
        self._worn = worn
        self._missed = missed
        self._streams: dict[str, Stream] = {}
        self._people: dict[str, People] = {}
        self._rung: dict[str, set[str]] = {tenant: set() for tenant in stack["tenants"]}

    async def run(self) -> None:
        """Raises Unseen or httpx.HTTPError at the first step that fails, where nobody is told."""
        async with AsyncExitStack() as doors:
            await self._step(self._all(doors))

    async def _all(self, doors: AsyncExitStack) -> None:
        outside = await doors.enter_async_context(httpx.AsyncClient())
        people = {tenant: await self._signed_in(doors, tenant) for tenant in self._rung}
        self._say("two agents signed in; their live streams are open")
        first = next(iter(people))
        calls = [await self._fit(call) for call in CALLS]
        for call in calls:
            await self._step(self._ring(outside, call))
        texts = Texts(self._stack, first, calls[0].ring["from"], self._say)
        await self._step(texts.run(people[first], self._streams[first], outside))
        rights = Rights(self._stack, first, self._people[first], self._say)
        await self._step(rights.run(self._streams[first], outside))
        self._nobody_saw_the_others()

    async def _signed_in(self, doors: AsyncExitStack, tenant: str) -> Person:
        """The agent, whose stream is open; the Admin's list is at hand."""
        demo = self._stack["tenants"][tenant]
        logins = {role: Login(**login) for role, login in demo["logins"].items()}
        agent, admin = [
            await Person.signed_in(self._stack["public_url"], logins[role])
            for role in ("agent", "admin")
        ]
        doors.push_async_callback(agent.close)
        doors.push_async_callback(admin.close)
        self._people[tenant] = People(admin, demo["number"], self._say)
        self._streams[tenant] = await doors.enter_async_context(agent.live())
        return agent

    async def _step(self, step: Awaitable[None]) -> None:
        try:
            await step
        except (Unseen, httpx.HTTPError) as error:
            if self._missed is None:
                raise
            self._missed(error)

    async def _fit(self, call: Expected) -> Expected:
        return await self._people[call.tenant].fit(call) if self._worn else call

    async def _ring(self, outside: httpx.AsyncClient, call: Expected) -> None:
        demo = self._stack["tenants"][call.tenant]
        order = {"to": demo["number"], "connection_id": demo["connection"], **call.ring}
        began = monotonic()
        simulator = self._stack["simulator"]["url"]
        answer = (await outside.post(f"{simulator}/calls", json=order)).json()
        session = answer["session_id"]
        self._rung[call.tenant].add(session)
        _must(answer["status"] == 200, call, f"the webhook was answered {answer['status']}")
        stream = self._streams[call.tenant]
        seen = {
            name: await self._expect(stream, name, session, version, call)
            for name, version in (("call.started", 0), ("call.matched", 0), ("insight.produced", 2))
        }
        _check(call, seen["call.matched"][1], seen["insight.produced"][1])
        self._say(_told(call, began, answer, seen))
        for step in ("answer", "hangup"):
            await outside.post(f"{simulator}/calls/{session}/{step}", json={})
        for name in ("call.answered", "call.ended"):
            await self._expect(stream, name, session, 0, call)

    async def _expect(
        self, stream: Stream, name: str, session: str, version: int, call: Expected
    ) -> tuple[float, dict[str, Any]]:
        fits = _about(session, version)
        try:
            at, event = await stream.expect(name, fits, LIMIT)
        except TimeoutError:
            raise Unseen(f"{call.title}: no {name} within {LIMIT:.0f} s") from None
        return at, event["data"]

    def _nobody_saw_the_others(self) -> None:
        for tenant, stream in self._streams.items():
            strange = stream.sessions() & set().union(
                *(rung for other, rung in self._rung.items() if other != tenant)
            )
            if strange:
                raise Unseen(f"{tenant} saw calls of another agency")
        self._say("neither agency saw a call of the other")


def _about(session: str, version: int) -> Callable[[dict[str, Any]], bool]:
    def fits(event: dict[str, Any]) -> bool:
        data = event.get("data", {})
        return bool(data.get("session_id") == session and data.get("version", 0) >= version)

    return fits


def _check(call: Expected, match: dict[str, Any], card: dict[str, Any]) -> None:
    """What the agent must see: the right person, reasons, and a score that adds up."""
    best = match["candidates"][0] if match["candidates"] else {}
    name = best.get("name") if match["outcome"] == "matched" else None
    codes = {reason["code"] for reason in best.get("reasons", [])}
    _must(match["outcome"] == call.outcome, call, f"outcome {match['outcome']}")
    _must(name == call.name, call, "another name")
    _must(call.reasons <= codes, call, f"reasons {sorted(codes)}")
    signals = set()
    for score in (card["risk"], card["retention"]):
        parts = score["contributions"]
        total = score["base"] + sum(part["contribution"] for part in parts)
        _must(abs(min(100, max(0, total)) - score["points"]) < 0.01, call, "a score that is no sum")
        signals |= {part["signal"] for part in parts}
    _must(call.signals <= signals, call, f"signals {sorted(signals)}")


def _must(holds: bool, call: Expected, otherwise: str) -> None:
    if not holds:
        raise Unseen(f"{call.title}: {otherwise}")


def _told(
    call: Expected,
    began: float,
    answer: dict[str, Any],
    seen: dict[str, tuple[float, dict[str, Any]]],
) -> str:
    (rang, _), (matched, match), (carded, card) = seen.values()
    best = call.name or match["outcome"]
    after = [f"{(at - began) * 1000:.0f}" for at in (rang, matched, carded)]
    scores = ", ".join(
        f"{name} {card[name]['points']:.0f} ({card[name]['band']})"
        for name in ("risk", "retention")
    )
    line = f"{call.title}: webhook 200 in {answer['latency_ms']:.0f} ms, ring on screen after "
    line += f"{after[0]} ms, match {after[1]} ms, card {after[2]} ms: {best}; {scores}"
    return "\n      ".join([line, *(one["sentence"] for one in card["lines"][:4])])
