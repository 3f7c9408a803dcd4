"""`python -m deploy.drill.crowd [--streams 500] [--rate 50] [--minutes 2] [--forgetful]`.

Many screens at once, cut off again and again while calls ring: does each of them learn of every
call of its own agency, and of no other's? With `--forgetful` the screens do not say where they
were when they come back: then it must go red, or it shows nothing.
"""

import argparse
import asyncio
import random
import signal
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import uvloop

from deploy.bench import cpu
from deploy.bench.figures import percentile
from deploy.bench.program import opened as load
from deploy.bench.requests import PATH, Webhook, packed, rings
from deploy.bench.stage import Crew, Stage, opened
from deploy.drill.screen import Screen
from deploy.drill.soak import interrupt, say
from deploy.local.agency import Login, Person
from deploy.local.seed import Demo, make
from deploy.local.services import NAMES
from libs.common import clock, telemetry

STATE = Path(".local/crowd")
AGENCIES = 25
CHUNK = 30
"""Seconds of load made ready at once: signatures are good for five minutes."""

CUT_WITHIN = 30.0
"""Seconds in which each screen loses its connection once."""

AWAY = 0.5
"""Seconds until a screen comes back."""

PATIENCE = 60.0
WANTED = frozenset({"call.started", "call.matched", "insight.produced"})


@dataclass
class Agency:
    """Its line, its screens, and what rang there: session to when it was due, in ns."""

    line: str
    screens: Sequence[Screen]
    rang: dict[str, int] = field(default_factory=dict)

    def missed(self) -> int:
        """Calls that screens were not told all of: their facts, and the second card."""
        return sum(not self._whole(s, call) for s in self.screens for call in self.rang)

    def foreign(self) -> int:
        """Calls that screens were told of and that never rang here."""
        return sum(len(screen.seen.keys() - self.rang.keys()) for screen in self.screens)

    def took(self) -> list[float]:
        """Milliseconds from each call to its second card, on each screen."""
        return [
            (screen.card_ns[call] - due) / 1e6
            for screen in self.screens
            for call, due in self.rang.items()
            if call in screen.card_ns
        ]

    @staticmethod
    def _whole(screen: Screen, call: str) -> bool:
        return screen.seen.get(call, set()) >= WANTED and screen.cards.get(call, 0) >= 2


def main() -> int:
    """Returns 0 where no screen missed anything, else 1."""
    options = _options()
    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGINT, interrupt)
    faults = uvloop.run(_run(options))
    for fault in faults:
        say(f"RED: {fault}")
    say("red" if faults else "green: every screen learned of every call of its agency")
    return bool(faults)


async def _run(options: argparse.Namespace) -> list[str]:
    telemetry.setup("crowd", level="WARNING", spans_file=None, otlp_endpoint=None)
    async with opened(STATE, say) as stage, AsyncExitStack() as running:
        crew = running.enter_context(stage.crew(*NAMES))
        per = options.streams // AGENCIES
        agencies = [await _agency(stage, crew, n, per, options) for n in range(AGENCIES)]
        screens = [screen for agency in agencies for screen in agency.screens]
        reading = await running.enter_async_context(asyncio.TaskGroup())
        tasks = [reading.create_task(screen.run(AWAY)) for screen in screens]
        for screen in screens:
            await screen.ready()
        say(f"{len(screens)} streams are open")
        cutting = asyncio.ensure_future(_cut(screens))
        spent = await _load(stage, crew, agencies, options)
        cutting.cancel()
        await _settled(agencies)
        for task in tasks:
            task.cancel()
    _tell(agencies, spent)
    return _faults(agencies)


async def _agency(
    stage: Stage, crew: Crew, number: int, screens: int, options: argparse.Namespace
) -> Agency:
    """An agency made through the operators' door, and its Agent signed in once."""
    url = crew.addresses["gateway"]
    demo = Demo(
        tenant=f"crowd{number:05d}",
        name=f"Crowd {number}",
        profile="intnet-iq",
        line=f"+1202555{number + 101:04d}",  # none of the first callers, who end in 0100
        connection=f"29635725525526{number:05d}",
        messaging_profile=f"6c1b7f0e-53b1-4a5e-9d0c-6b0a5f3d{number:04d}",
        file="",
        domain=f"crowd{number}",
    )
    made = await make(stage.files, url.url, demo)
    person = await Person.signed_in(url.url, Login(**made["logins"]["agent"]))
    cookie = "; ".join(f"{name}={value}" for name, value in person.http.cookies.items())
    await person.close()
    resumes = not options.forgetful
    there = [Screen("127.0.0.1", url.port, cookie, resumes) for _ in range(screens)]
    return Agency(demo.line, there)


async def _cut(screens: Sequence[Screen]) -> None:
    """All by turns, so that nobody is left out, and in no order of theirs."""
    turns = list(screens)
    random.Random(1).shuffle(turns)  # noqa: S311 - to be repeated, no secret
    for screen in cycle(turns):
        await asyncio.sleep(CUT_WITHIN / len(turns))
        screen.cut_off()


async def _load(
    stage: Stage, crew: Crew, agencies: Sequence[Agency], options: argparse.Namespace
) -> float:
    """Rings at all lines by turns; returns the CPU seconds of the gateway."""
    gateway = [crew.processes["gateway"].pid]
    before = cpu.seconds(gateway)
    pool = stage.files.state / "calls.bin"
    for chunk in range(options.minutes * 60 // CHUNK):
        webhooks = _ringing(stage, agencies, options.rate * CHUNK)
        pool.write_bytes(packed(webhook for _, webhook in webhooks))
        url = crew.addresses["ingest"].url + PATH
        loaded = await load(stage.program, url, pool, options.rate)
        if set(loaded.answers) != {"200"}:
            raise ValueError(f"ingest did not take every call: {loaded.answers}")
        for (agency, webhook), due in zip(webhooks, loaded.sent_ns, strict=True):
            agency.rang[webhook.session_id] = due
        say(f"{(chunk + 1) * CHUNK} s of calls; missed so far: {sum(a.missed() for a in agencies)}")
    return cpu.seconds(gateway) - before


def _ringing(
    stage: Stage, agencies: Sequence[Agency], count: int
) -> Sequence[tuple[Agency, Webhook]]:
    each = count // len(agencies)
    now = clock.now()
    made = [rings(each, agency.line, stage.signer, now) for agency in agencies]
    turns = zip(*made, strict=True)
    return [pair for turn in turns for pair in zip(agencies, turn, strict=True)]


async def _settled(agencies: Sequence[Agency]) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE
    while any(agency.missed() for agency in agencies) and loop.time() < until:
        await asyncio.sleep(1.0)


def _tell(agencies: Sequence[Agency], spent: float) -> None:
    screens = [screen for agency in agencies for screen in agency.screens]
    calls = sum(len(agency.rang) for agency in agencies)
    told = sum(len(screen.seen) for screen in screens)
    took = [ms for agency in agencies for ms in agency.took()]
    say(f"{calls} calls on {len(agencies)} lines, {len(screens)} screens, {told} calls shown")
    say(f"{sum(s.cut for s in screens)} cut off, {sum(s.snapshots for s in screens)} snapshots")
    say(f"to the second card: p50 {percentile(took, 50):.0f} ms, p99 {percentile(took, 99):.0f} ms")
    say(f"gateway: {spent:.1f} s of CPU")


def _faults(agencies: Sequence[Agency]) -> list[str]:
    screens = [screen for agency in agencies for screen in agency.screens]
    counted = {
        "calls were missed by a screen": sum(agency.missed() for agency in agencies),
        "calls of others were shown": sum(agency.foreign() for agency in agencies),
        "screens were never cut off": sum(not screen.cut for screen in screens),
        "screens did not come back": sum(screen.opened <= screen.cut for screen in screens),
    }
    return [f"{count} {what}" for what, count in counted.items() if count]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("deploy.drill.crowd", description="Many screens, cut off.")
    parser.add_argument("--streams", type=int, default=500)
    parser.add_argument("--rate", type=int, default=50, help="calls per second")
    parser.add_argument("--minutes", type=int, default=2)
    parser.add_argument("--forgetful", action="store_true", help="the negative control")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
