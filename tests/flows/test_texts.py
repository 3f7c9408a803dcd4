"""STOP by text: ingest reads it, consent writes it down, and messaging obeys both at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.events import ConsentChanged, MessageReceived, SmsBlocked, TenantSaved
from libs.common.mongo import Documents, Work
from services.messaging.domain import steps
from services.messaging.domain.copy import Copy
from services.messaging.domain.message import Message
from services.messaging.store import Store
from tests.flows.given import HERE, NOON, TEXTER, THERE, Declared, text
from tests.flows.plays import examples
from tests.flows.world import World
from tests.support.bus import Delivery, MemoryBus

WORDS = (("START", -9), ("STOP", -7), ("START", -5), ("STOP", -3), ("Thanks!", -1))
ORDERS = (*permutations((0, 1)), (0, 1, 0, 1), (1, 0, 1, 0), (1, 1, 0, 0), (0, 0, 1, 1))


@dataclass(frozen=True)
class Ended:
    """What an agency has of TEXTER in the end, sealed things read."""

    copy: Copy
    texts: Documents
    told: Documents
    state: ConsentChanged | None
    records: list[tuple[str, str, Any]]
    suppressed: bool


async def ended(world: World, tenant: TenantSaved = HERE) -> Ended:
    """Reads the stores of messaging and consent, and the log."""
    subject = world.ingest.keys.code(tenant.tenant, TEXTER)
    store, ledger = world.messaging.store(tenant.tenant), world.consent.store(tenant.tenant)
    suppression = await ledger.suppressions.get(TEXTER)
    facts = [
        f for kind in world.messaging.service.emits for f in world.bus.facts(kind, tenant.tenant)
    ]
    return Ended(
        copy=await store.consents.get(subject),
        texts=[await _read(store, one) for one in await store.messages.thread(subject, None, 100)],
        told=sorted(({"type": f.TYPE, **f.model_dump()} for f in facts), key=str),
        state=await ledger.ledger.state(subject),
        records=[(r.id, r.action, r.at) for r in await ledger.ledger.records(subject, None, 100)],
        suppressed=suppression is not None and suppression.lifted_at is None,
    )


async def _read(store: Store, message: Message) -> dict[str, Any]:
    shown = ("id", "direction", "state", "code", "keyword", "message_class", "created_at")
    due = await store.due.since(message.id)
    told = {name: getattr(message, name) for name in shown}
    return {**told, "text": store.messages.text(message), "due": due}


async def promised(world: World) -> World:
    """TEXTER has agreed to promotions, and one of them is due in an hour."""
    world.arrive(text("START", -30))
    await world.bus.run()
    subject = world.ingest.keys.code(HERE.tenant, TEXTER)

    async def ask(store: Store, work: Work) -> None:
        offer = Message(
            id="msg_offer",
            direction="out",
            state="queued",
            subject=subject,
            party=store.messages.seal(TEXTER),
            text=store.messages.seal_text("An offer."),
            created_at=NOON - timedelta(minutes=20),
            message_class="promotional",
            purpose="marketing",
            requested_by="usr_1",
        )
        await store.begin(offer, steps.requested(offer, NOON + timedelta(hours=1)), work)

    await world.messaging.units.write(HERE, ask)
    await world.bus.run()
    return world


async def test_a_stop_reaches_the_ledger_the_copy_and_the_screen(world: World) -> None:
    await promised(world)
    assert not (await ended(world)).copy.stopped
    world.arrive(text("Stop."))
    await world.bus.run()
    end = await ended(world)
    assert end.state is not None
    assert (end.state.suppressed, end.state.version, end.suppressed) == (True, 2, True)
    assert end.copy.version == end.state.version
    assert end.copy.permissions == end.state.permissions
    assert (end.copy.suppressed, end.copy.stopped_at) == (True, NOON)
    (blocked,) = world.bus.facts(SmsBlocked, HERE.tenant)
    assert (blocked.message_id, blocked.code) == ("msg_offer", "withdrawn")
    confirmed = [one for one in end.texts if "unsubscribed" in str(one["text"]).lower()]
    assert len(confirmed) == 1
    shown = [moment.type for moment in world.screen(HERE)]
    assert shown.count("consent.changed") == 2
    assert world.screen(THERE) == []
    assert await ended(world, THERE) == _nothing(world.ingest.keys.code(THERE.tenant, TEXTER))
    assert await world.parked() == []


@pytest.mark.parametrize("order", ORDERS)
async def test_whichever_messaging_hears_first_the_end_is_the_same(
    services: Declared, order: Sequence[int]
) -> None:
    calm, other = [await promised(World(services)) for _ in range(2)]
    for each in (calm, other):
        each.arrive(text("STOP"))
    await calm.bus.run()
    await other.consent.step()
    other.consent.send()
    fresh = {record.topic: record for record in other.messaging.reader.poll()}
    pair = [fresh[kind.TOPIC] for kind in (MessageReceived, ConsentChanged)]
    for index in order:
        await other.messaging.hand(pair[index])
    await other.bus.run()
    assert await ended(other) == await ended(calm)


@given(written=st.integers(1, len(WORDS)), play=st.data())
@examples(60)
async def test_however_texts_come_the_last_word_counts(
    services: Declared, written: int, play: st.DataObject
) -> None:
    texts = WORDS[:written]
    again = play.draw(st.lists(st.sampled_from(texts), max_size=4))
    order = play.draw(st.permutations([*texts, *again]))
    how = st.builds(Delivery, st.integers(1, 2), st.integers(0, 1), st.integers(0, 9999))
    calm, world = World(services), World(services, MemoryBus(play.draw(how)))
    for each, arriving in ((calm, texts), (world, order)):
        for words, minutes in arriving:
            each.arrive(text(words, minutes))
        await each.bus.run()
    end = await ended(world)
    assert _binding(end) == _binding(await ended(calm))
    assert end.state is not None
    assert end.copy.version == end.state.version
    assert end.copy.stopped is end.state.suppressed is end.suppressed
    assert await world.parked() == []
    before = await world.everything(HERE)
    await world.bus.replay()
    assert await ended(world) == end
    assert await world.everything(HERE) == before


def _binding(end: Ended) -> tuple[Any, ...]:
    """What the person has said, without what the order of hearing it leaves: who was answered."""
    copy = replace(end.copy, suppressed_since=None)
    written = [one for one in end.texts if one["direction"] == "in"]
    return copy, end.state, sorted(end.records), end.suppressed, written


def _nothing(subject: str) -> Ended:
    return Ended(Copy(subject=subject), [], [], None, [], suppressed=False)
