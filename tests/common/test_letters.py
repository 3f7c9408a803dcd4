"""What operators do with dead letters goes on record, with what they do."""

from pathlib import Path

import pytest

from libs.common import clock
from libs.common.bus import Letters, Record
from libs.common.bus.letters import NotParked, StillFails
from libs.common.bus.parking import FIELD, pack
from libs.common.keys import PLATFORM, Keys, create_platform_keys
from tests.support.units import MemoryMongo

PLACE = "calls.v1/0/7"
TENANT = "tenant0001"


class Park:
    """One parked record, and what handling it comes to."""

    def __init__(self, folder: Path, tenant: str | None = TENANT) -> None:
        create_platform_keys(folder / "keys.json")
        self.mongo, self.keys = MemoryMongo(), Keys(folder / "keys.json")
        self.letters = Letters(self.mongo, self.keys, self.take)
        self.tenant, self.fails = tenant, False

    async def take(self, record: Record) -> None:
        if self.fails:
            raise ValueError(record.value)

    async def fill(self) -> None:
        record = Record("calls.v1", 0, 7, b"k", b"v")
        row = {
            "_id": PLACE,
            "topic": "calls.v1",
            "tenant": self.tenant,
            "type": None,
            "reason": "odd",
            "attempts": 1,
            "at": clock.now(),
            "sealed": self.keys.seal(PLATFORM, FIELD, pack(record)),
            "state": "parked",
        }
        await self.mongo.service_collection("parked").insert(row)

    async def notes(self) -> list[tuple[str, dict[str, object]]]:
        rows = await self.mongo.service_collection("trail").list({})
        return [(row["tenant"], row["note"]) for row in rows]


@pytest.mark.parametrize(("tenant", "whose"), [(TENANT, TENANT), (None, PLATFORM)])
async def test_it_is_on_the_record_of_whose_event_it_was(
    tmp_path: Path, tenant: str | None, whose: str
) -> None:
    park = Park(tmp_path, tenant)
    await park.fill()
    await park.letters.replay(PLACE, "op_1", "Dan Moe said so")
    note = {
        "action": "operator.acted",
        "actor": "operator:op_1",
        "object": PLACE,
        "facts": {"operation": "dead.replayed"},
    }
    assert await park.notes() == [(whose, note)]


async def test_what_was_not_done_is_not_noted(tmp_path: Path) -> None:
    park = Park(tmp_path)
    await park.fill()
    park.fails = True
    with pytest.raises(StillFails):
        await park.letters.replay(PLACE, "op_1", "why not")
    assert await park.notes() == []
    await park.letters.discard(PLACE, "op_1", "no use")
    with pytest.raises(NotParked):
        await park.letters.discard(PLACE, "op_1", "no use")
    ((_, note),) = await park.notes()
    assert note["facts"] == {"operation": "dead.discarded"}
