"""Notes sealed into a trail by one process, against `insert_many` and the hash alone."""

import asyncio
from collections.abc import Iterator
from hashlib import sha256
from time import perf_counter

from deploy.bench import cpu
from deploy.bench.figures import Goal, Row
from deploy.bench.raw import kafka
from deploy.bench.raw.mongo import Document, Raw
from deploy.bench.stage import LINE, Stage
from libs.common import clock
from libs.common.events import AuditNoted, Note, enclose
from services.consent.store.audit.entries import ENTRIES

NOTES = 12_000
PEOPLE = 500
SECONDS = 60.0
WANTED = 1_000


async def measure(stage: Stage, rounds: int) -> list[Row]:
    """One row. Each round has a trail of its own, and the backlog is there before the process."""
    floor, ours, spent = [], [], []
    raw = Raw(stage.mongo_url, "consent")
    for place in range(rounds):
        tenant = f"benchsealing{place:02d}"
        await stage.tenant(tenant, f"{LINE[:-2]}{60 + place}")
        await kafka.produce(stage.kafka_url, AuditNoted.TOPIC, _records(tenant))
        name = f"trail_entries__{tenant}"
        with stage.crew("consent") as crew:
            rate, cost = await _sealed(raw, name, crew.processes["consent"].pid)
        ours.append(rate)
        spent.append(cost)
        floor.append(await asyncio.to_thread(raw.copy_rate, name, ENTRIES, _hashed))
        raw.drop(name)
        told = f"sealing {rate:,.0f}/s at {cost:.0f} µs of CPU"
        stage.say(f"{told}, insert_many and hash {floor[-1]:,.0f}/s")
    note = (
        f"One process, one trail, {NOTES:,} notes about {PEOPLE} people; it also publishes the "
        f"entries. {WANTED:,} entries/s are wanted."
    )
    least = tuple(1e6 / WANTED for _ in spent)
    return [
        Row("sealing, one trail", "entries/s", tuple(floor), tuple(ours), None, note),
        Row(
            "CPU of consent per entry, against what is left for it at the wanted rate",
            "µs",
            least,
            tuple(spent),
            Goal("at most", 1),
        ),
    ]


async def _sealed(raw: Raw, name: str, pid: int) -> tuple[float, float]:
    """Entries per second, and µs of CPU for each, from the first that is there to the last."""
    began, first, spent = 0.0, 0, 0.0
    async with asyncio.timeout(SECONDS):
        while True:
            count = await asyncio.to_thread(raw.count, name)
            if count >= NOTES:
                entries = count - first
                used = cpu.seconds([pid]) - spent
                return entries / (perf_counter() - began), used / entries * 1e6
            if count and not began:
                began, first, spent = perf_counter(), count, cpu.seconds([pid])
            await asyncio.sleep(0.01)


def _records(tenant: str) -> Iterator[tuple[bytes, bytes]]:
    now = clock.now()
    for seq in range(1, NOTES + 1):
        note = Note(
            action="message.blocked",
            actor="user:usr_0d5f7a3c",
            outcome="refused",
            person=f"{seq % PEOPLE:032x}",
            object=f"msg_{seq:032x}",
            reason="no_consent",
            facts={"parts": 1, "class": "promotional"},
        )
        told, ident = {"source": "bench", "source_seq": seq, "at": now}, f"{tenant}-{seq}"
        fact = AuditNoted(tenant=tenant, note=note, note_id=ident, **told)
        event = enclose(fact, tenant, id=ident, source="bench", time=now)
        yield event.key, event.to_json()


def _hashed(document: Document) -> str:
    return sha256(b"\0" + document["entry"].encode()).hexdigest()
