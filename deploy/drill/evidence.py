"""Everything that is known from outside after an experiment, read once the platform is quiet."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from deploy.drill import journal, log
from deploy.drill.journal import Step
from deploy.drill.poster import Answer, answers
from deploy.drill.stores import Effect, Row, Stores
from libs.common.bus import Record
from libs.common.events import Envelope, Malformed

TOPICS = ("calls.v1", "matches.v1", "insights.v1")
SERVICES = ("ingest", "matcher", "insights")


@dataclass(frozen=True)
class Seen:
    """An event as it lies in a topic."""

    record: Record
    event: Envelope


Place = tuple[str, str]
"""A tenant and a call session."""


@dataclass(eq=False)
class Evidence:
    """What was posted, what lies in the topics, what the stores hold. Not changed once read.

    `earlier` is what was done before the experiment: when a replay does it again says nothing.
    """

    posted: list[Answer]
    steps: list[Step]
    earlier: set[tuple[str, str]] = field(default_factory=set)
    topics: dict[str, list[Seen]] = field(default_factory=dict)
    records: dict[Place, Row] = field(default_factory=dict)
    cards: dict[Place, list[Row]] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    parked: dict[str, list[Row]] = field(default_factory=dict)
    quarantine: dict[str, str] = field(default_factory=dict)
    unsent: int = 0

    @cache  # noqa: B019 - one for each experiment
    def by_session(self, topic: str) -> dict[Place, list[Seen]]:
        """The events of a topic by tenant and session, in the order of the log."""
        found: defaultdict[Place, list[Seen]] = defaultdict(list)
        for seen in self.topics.get(topic, ()):
            found[seen.event.tenantid, seen.event.subject].append(seen)
        return dict(found)

    def leave_out(self, topics: Collection[str]) -> None:
        """Leaves out what was done of these topics: in which order it is done is free."""
        self.steps[:] = [step for step in self.steps if step.place.partition("/")[0] not in topics]

    def forget(self, parked: Collection[tuple[str, str]]) -> None:
        """Leaves out what was parked before the experiment: a replay parks it once more."""
        for service, rows in self.parked.items():
            rows[:] = [row for row in rows if (service, row["_id"]) not in parked]

    @cache  # noqa: B019
    def parked_places(self) -> dict[tuple[str, str], str]:
        """Service and place (`topic/partition/offset`) of each parked record, with the reason."""
        return {
            (service, row["_id"]): row["reason"]
            for service, rows in self.parked.items()
            for row in rows
        }


@dataclass(frozen=True)
class Where:
    """Where an experiment's evidence lies; `since` is its beginning, seconds since the epoch."""

    kafka_url: str
    mongo_url: str
    record: Path
    journal: Path
    tenants: Sequence[str]
    since: float


async def parked_before(mongo_url: str) -> set[tuple[str, str]]:
    """Service and place of everything that is parked now."""
    async with Stores(mongo_url) as stores:
        return {
            (service, row["_id"]) for service in SERVICES for row in await stores.parked(service)
        }


async def gather(where: Where) -> Evidence:
    """Reads it all."""
    since = datetime.fromtimestamp(where.since, UTC)
    posted = answers(where.record)
    steps = journal.read(where.journal, 0.0)
    now = [step for step in steps if step.at >= where.since]
    found = Evidence(posted, now, journal.done(steps, where.since))
    sessions = {(a.tenant, a.session) for a in posted if a.tenant and a.session}
    for record in await log.read(where.kafka_url, TOPICS):
        if (seen := _seen(record)) and (seen.event.tenantid, seen.event.subject) in sessions:
            found.topics.setdefault(record.topic, []).append(seen)
    async with Stores(where.mongo_url) as stores:
        ids = sorted({session for _, session in sessions})
        for tenant in where.tenants:
            await _read_tenant(found, stores, tenant, ids)
        for service in SERVICES:
            found.parked[service] = await stores.parked(service)
        found.quarantine = await stores.quarantine(since)
        found.unsent = await stores.unsent()
    return found


async def _read_tenant(found: Evidence, stores: Stores, tenant: str, sessions: list[str]) -> None:
    """Asks every tenant for every session: one that strayed must show."""
    for session, row in (await stores.records(tenant, sessions)).items():
        found.records[tenant, session] = row
    for card in await stores.cards(tenant, sessions):
        found.cards.setdefault((tenant, card["session"]), []).append(card)
    wanted = set(sessions)
    found.effects += [e for e in await stores.effects(tenant) if e.about in wanted]


def _seen(record: Record) -> Seen | None:
    try:
        return Seen(record, Envelope.from_json(record.value))
    except Malformed:
        return None
