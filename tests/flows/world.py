"""The services at one bus, and the screen of an agent of each agency."""

import json
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, TypeVar

from deploy.simulator.payloads import Call
from libs.common import clock
from libs.common.events import (
    CallMatched,
    Envelope,
    Event,
    InsightProduced,
    TenantSaved,
    WebhookQuarantined,
    enclose,
)
from libs.common.events.base import Fact
from libs.common.keys import PLATFORM
from libs.common.mongo import Document, Documents, Work
from services.gateway.domain.live import Live
from services.gateway.domain.moment import Moment
from services.gateway.jobs import SHOWN, moment_of
from services.ingest.api.reading import reading_of
from services.ingest.domain.family import Ignored
from services.ingest.domain.judgement import Parked, judge
from services.ingest.domain.routing import Routes
from services.matcher.store import Store as Customers
from tests.flows.given import BOTH, CUSTOMER, EVENTS, NOON, Declared, webhook
from tests.matcher.given import draft
from tests.support.bus import MemoryBus
from tests.support.http import Harness
from tests.support.units import MemoryUnits

E = TypeVar("E", bound=Event)

_OWN = {"who", "attestation", "line_type", "renewal", "status"}


@dataclass(frozen=True)
class State:
    """What one agency has in the end."""

    calls: Documents
    matches: Documents
    cards: Documents
    contacts: Documents

    @property
    def undisputed(self) -> "State":
        """Without what a card says of earlier calls, which is what had come by then."""
        return State(self.calls, self.matches, [_own(card) for card in self.cards], self.contacts)


class Screen(list[Moment]):
    """What an agent gets live, as far as the gateway lets it through."""

    def __call__(self, moment: Moment | None) -> None:
        if moment is not None:
            self.append(moment)

    def types(self, session: str) -> list[str]:
        """The types of what came about a call."""
        return [moment.type for moment in self if moment.call == session]

    def facts(self, kind: type[E], session: str) -> list[E]:
        """What came of this type about a call, in order."""
        mine = [moment for moment in self if (moment.type, moment.call) == (kind.TYPE, session)]
        return [kind.model_validate(moment.data) for moment in mine]

    def card(self, session: str) -> InsightProduced:
        """The card as it is shown in the end."""
        return self.facts(InsightProduced, session)[-1]


class World:
    """Both agencies are on tenants.v1. `house` is a matcher with an HTTP door."""

    def __init__(
        self,
        services: Declared,
        bus: MemoryBus | None = None,
        house: Harness[Customers] | None = None,
    ) -> None:
        self.bus = bus or MemoryBus()
        self.ingest = self.bus.join(services.ingest)
        self.insights = self.bus.join(services.insights)
        self.messaging = self.bus.join(services.messaging)
        self.consent = self.bus.join(services.consent)
        if house:
            self.matcher = self.bus.join(house.service, house.units, house.tenants)
        else:
            self.matcher = self.bus.join(services.matcher)
        self._live, self.screens = Live(), {one.tenant: Screen() for one in BOTH}
        for one in BOTH:
            self._live.join(one.tenant, self.screens[one.tenant])
            self.bus.tell(one)
        self.bus.watch(SHOWN, self._show)
        self.ingest.read_tenants()

    async def customer(self, tenant: TenantSaved, name: str) -> None:
        """Puts a person with CUSTOMER's number on an agency's file."""
        person = draft(name, CUSTOMER, name=name, renewal_on=date(2026, 9, 1))

        async def body(store: Customers, _: Work) -> None:
            await store.customers.save(person, "api", "contract", NOON)

        await self.matcher.units.write(tenant, body)

    def arrive(self, body: bytes) -> None:
        """A webhook whose signature was verified: judged, enclosed, put on its topic."""
        envelope = self.enclosed(body)
        if envelope:
            self.ingest.publish(envelope)

    def enclosed(self, body: bytes) -> Envelope | None:
        """The event that a webhook becomes."""
        reading = partial(reading_of, self.ingest.keys)
        judged = judge(body, Routes(self.ingest.tenants), reading)
        if isinstance(judged, Ignored):
            return None
        told: dict[str, Any] = {"id": judged.id, "source": "ingest", "time": clock.now()}
        if isinstance(judged, Parked):
            return enclose(_quarantined(judged), PLATFORM, **told)
        return enclose(judged.fact, judged.tenant, **told)

    async def play(self, *calls: Call) -> None:
        """Calls from ring to end, and all that follows from them."""
        for ringing in calls:
            for name in EVENTS:
                self.arrive(webhook(ringing, name))
        await self.bus.run()

    async def state(self, tenant: TenantSaved) -> State:
        """What the stores and the log hold of an agency."""
        store = self.insights.store(tenant.tenant)
        people = await self.matcher.store(tenant.tenant).customers.page(None, 100)
        return State(
            calls=sorted(map(_plain, await store.calls.page(None, 100, False)), key=_session),
            matches=sorted(map(_plain, self.bus.facts(CallMatched, tenant.tenant)), key=_session),
            cards=sorted(map(_plain, await store.cards.page(None, 100)), key=_session),
            contacts=[{"_id": one["_id"], "at": one["last_contact"]} for one in people],
        )

    async def everything(self, tenant: TenantSaved) -> str:
        """All records and documents of an agency, and its screen, as one text."""
        key = tenant.tenant.encode()
        records = [str(r.value) for r in self.bus.log.records() if _is_of(r.key, key)]
        rows: Documents = []
        for member in (self.matcher, self.insights, self.messaging, self.consent):
            assert isinstance(member.units, MemoryUnits)
            scope = member.units.mongo.scope(tenant.tenant)
            for entity in member.service.entities:
                rows += await scope.collection(entity.name).list({})
        return json.dumps([records, rows, self.screens[tenant.tenant]], default=str)

    def screen(self, tenant: TenantSaved) -> Screen:
        """What an agent of this agency sees."""
        return self.screens[tenant.tenant]

    async def parked(self) -> list[tuple[str, str]]:
        """Service and reason of every parked record."""
        rows = [(m.service.name, row) for m in self.bus.members for row in await m.parked()]
        return [(name, row["reason"]) for name, row in rows]

    def _show(self, envelope: Envelope) -> None:
        self._live.put(envelope.tenantid, moment_of(envelope), clock.now())


def _quarantined(parked: Parked) -> WebhookQuarantined:
    return WebhookQuarantined(
        webhook_id=parked.id,
        reason=parked.reason,
        event_type=parked.type,
        received_at=clock.now(),
        sealed="",
    )


def _plain(fact: Fact) -> Document:
    return fact.model_dump(mode="json")


def _session(document: Document) -> str:
    return str(document["session_id"])


def _is_of(key: bytes | None, tenant: bytes) -> bool:
    return key is not None and key.partition(b":")[0] == tenant


def _own(card: Document) -> Document:
    """What a card says of its own call and customer alone."""
    lines = [line for line in card["lines"] if line["code"] in _OWN]
    kept = ("insight_id", "session_id", "version", "model", "as_of")
    return {"lines": lines, **{name: card[name] for name in kept}}
