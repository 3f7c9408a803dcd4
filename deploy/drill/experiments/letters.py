"""23d: a mistake parks good records until the breaker opens; mended, they are replayed, twice."""

import asyncio

import httpx

from deploy.cli.dead import PATH, Dead
from deploy.cli.door import Done, Door
from deploy.cli.failures import Refused
from deploy.drill.experiment import USUAL, Drill, Experiment
from deploy.drill.fleet import SLOW, Setup
from deploy.drill.poster import Load
from libs.common.keys import PLATFORM
from libs.common.principal import OPERATOR, Principal, Signer

ROUNDS = 20
MOST = 1_000


async def mistaken(drill: Drill) -> None:
    """Every record fails until the breaker has opened; then the mended service comes."""
    async with asyncio.timeout(60.0):
        while not await _open(drill):
            await asyncio.sleep(0.5)
    drill.counts["breaker opened"] += 1
    drill.mark()
    await drill.arrange("matcher", SLOW)
    await drill.start()


async def replay(drill: Drill) -> None:
    """What fails again by chance is tried again; what is done is not there a second time."""
    there = _door(drill)
    parked = await asyncio.to_thread(there.latest, PATH, Dead, MOST)
    mine = [one for one in parked if one.at.timestamp() > drill.since]
    for one in reversed(mine):
        done = await _tries(there, one)
        drill.must(done == 1, f"{one.place}: replayed {done} times")
        drill.counts["replayed"] += done


async def _tries(there: Door, one: Dead) -> int:
    done = 0
    for _ in range(ROUNDS):
        try:
            await asyncio.to_thread(there.post, f"{PATH}/{one.place}/replay", Done, reason="drill")
            done += 1
        except Refused:
            if done:
                break
    return done


def _door(drill: Drill) -> Door:
    scopes = frozenset({"dead:read", "dead:write"})
    operator = Principal(PLATFORM, "drill", OPERATOR, scopes)
    signer = Signer(drill.world.files.operator_key)
    return Door("matcher", drill.world.fleet.addresses["matcher"].url, signer, operator)


async def _open(drill: Drill) -> bool:
    admin = drill.world.fleet.addresses["matcher"].admin
    async with httpx.AsyncClient(timeout=3.0, trust_env=False) as http:
        return "breaker_open 1.0" in (await http.get(f"{admin}/metrics")).text


REPLAYED = Experiment(
    "23d",
    "a mistake parks, the breaker opens, replay x2",
    mistaken,
    afterwards=replay,
    load=Load(rate=15.0),
    setups={**USUAL, "matcher": Setup({"fail": 1.0})},
    needs=("breaker opened", "replayed"),
    ordered=False,
)
