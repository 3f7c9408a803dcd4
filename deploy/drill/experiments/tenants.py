"""24: one tenant's ids in another tenant's events, keys that lie, foreign ids over HTTP."""

import json
import time
from dataclasses import replace
from uuid import uuid4

from deploy.drill import log
from deploy.drill.experiment import Drill, Experiment
from deploy.drill.poster import Answer, answers
from deploy.drill.raw import Raw
from deploy.drill.traffic import call, with_id
from libs.common.bus import Record

TWINS = 10


async def twins_at_the_door(drill: Drill) -> None:
    """Calls to both tenants whose events have the same ids."""
    one, other = drill.world.lines
    for _ in range(TWINS):
        first, second = call(drill.rng, one), call(drill.rng, other)
        twin = tuple(with_id(b, a.id) for a, b in zip(first, second, strict=True))
        await drill.poster.post_all(first)
        await drill.poster.post_all(twin)


async def twins_on_the_topic(drill: Drill) -> None:
    """Events of one tenant's calls under the same ids, and sessions, for the other tenant."""
    one, other = (line.tenant for line in drill.world.lines)
    accepted = {
        a.id: a for a in answers(drill.poster.record) if a.tenant == one and a.status == 200
    }
    records = await log.read(drill.world.kafka.url, ("calls.v1",))
    mine = {_id(record): record for record in records if _id(record) in accepted}
    sessions = sorted({str(accepted[i].session) for i in mine})[:TWINS]
    async with Raw(drill) as raw:
        for event_id, record in mine.items():
            if accepted[event_id].session in sessions:
                value = (record.value or b"").replace(one.encode(), other.encode())
                key = (record.key or b"").replace(one.encode(), other.encode())
                began = time.time()
                await raw.send("calls.v1", key, value)
                drill.poster.note(_twin(accepted[event_id], one, other, began))
                drill.counts["twins"] += 1


async def lies(drill: Drill) -> None:
    """Keys that name another tenant than the event, and a tenant that nobody knows."""
    one, other = (line.tenant for line in drill.world.lines)
    records = await log.read(drill.world.kafka.url, ("calls.v1",))
    sample = next(record for record in records if (record.key or b"").startswith(one.encode()))
    async with Raw(drill) as raw:
        for victim in (other, "nobodys00"):
            value = _renamed(sample, victim)
            await raw.poison("calls.v1", sample.key, value)
        key = (sample.key or b"").replace(one.encode(), b"nobodys00")
        await raw.poison("calls.v1", key, _renamed(sample, "nobodys00"))
        await raw.expect_parked("calls.v1", "matcher", "insights")
        drill.counts["lies"] += 3


async def foreign_ids(drill: Drill) -> None:
    """What one agent reads with 200 is 404 for the other."""
    one, other = (line.tenant for line in drill.world.lines)
    posted = answers(drill.poster.record)
    sessions = sorted({str(a.session) for a in posted if a.tenant == one and a.status == 200})
    mine, theirs = await drill.world.person(one, "agent"), await drill.world.person(other, "agent")
    for session in sessions[:TWINS]:
        own = await mine.http.get(f"/v1/calls/{session}")
        foreign = await theirs.http.get(f"/v1/calls/{session}")
        drill.must(own.status_code == 200, f"the owner gets {own.status_code}")
        drill.must(foreign.status_code == 404, f"a stranger gets {foreign.status_code}")
        drill.counts["foreign ids"] += 1
    await mine.close()
    await theirs.close()


async def attack(drill: Drill) -> None:
    """What can only be done when calls are there."""
    await foreign_ids(drill)
    await twins_on_the_topic(drill)
    await lies(drill)


ATTACK = Experiment(
    "24",
    "another tenant's ids",
    twins_at_the_door,
    afterwards=attack,
    needs=("twins", "lies", "foreign ids"),
)


def _id(record: Record) -> str:
    try:
        return str(json.loads(record.value or b"")["id"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def _renamed(record: Record, other: str) -> bytes:
    """The event as another tenant's, under an id of its own."""
    event = json.loads(record.value or b"")
    return json.dumps(event | {"tenantid": other, "id": str(uuid4())}).encode()


def _twin(answer: Answer, one: str, other: str, began: float) -> Answer:
    expected = dict(answer.expected)
    if name := expected.get("name"):
        expected["name"] = name.replace(one.title(), other.title())
    return replace(answer, tenant=other, expected=expected, began=began, at=time.time())
