"""22: what no reader can use, and what looks strange but is sound."""

import json
from uuid import uuid4

from deploy.drill.experiment import Drill, Experiment
from deploy.drill.raw import Raw
from libs.common.bus.record import Headers

LARGE = 1_000_000
STRANGE: Headers = (("x", b"\xff\xfe"), ("y", None), ("reply_to", b"tenants.v1"))


async def storm(drill: Drill) -> None:
    """Every record of the storm is bad, while good calls go on."""
    tenant = drill.world.lines[0].tenant
    drill.mark()
    async with Raw(drill) as raw:
        for _ in range(8):
            for key, value in bad_records(tenant):
                await raw.poison("calls.v1", key, value, STRANGE)
                drill.counts["poison"] += 1
            await drill.pause(0.5)
        await raw.expect_parked("calls.v1", "matcher", "insights")


def bad_records(tenant: str) -> list[tuple[bytes | None, bytes | None]]:
    """Key and value of records that are no events of ours."""
    session = str(uuid4())
    key = f"{tenant}:{session}".encode()
    deep = b"[" * 100_000 + b"]" * 100_000
    return [
        (key, None),
        (None, b""),
        (key, b"{not json"),
        (b"\xff\xfe", b"\xff\xfe"),
        (key, deep),
        (key, json.dumps({"specversion": "1.0", "id": str(uuid4())}).encode()),
    ]


async def large(drill: Drill) -> None:
    """Close to the largest record that a topic takes."""
    tenant = drill.world.lines[0].tenant
    drill.mark()
    async with Raw(drill) as raw:
        await raw.poison("calls.v1", f"{tenant}:{uuid4()}".encode(), b"x" * LARGE)
        drill.counts["poison"] += 1
        await raw.expect_parked("calls.v1", "matcher", "insights")


STORM = Experiment("22", "poison, strange headers", storm, needs=("poison",))
LARGE_ONE = Experiment("22l", "poison of 1 MB", large, needs=("poison",))
