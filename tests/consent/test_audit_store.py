"""The trail: the same over documents in memory and over the real server."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from libs.common import clock
from libs.common.events import AuditCheckpointed, AuditNoted, TenantSaved
from libs.common.mongo import Work
from services.consent.domain.audit.chain import Head
from services.consent.store import Store
from services.consent.store.audit import Asked
from services.consent.store.audit.heads import Overtaken
from tests.consent.given import NOON, at_once
from tests.consent.trails import entries, mth, noted, numbers, seal
from tests.support.http import Harness
from tests.support.notes import notes_of

SOURCES = ("gateway", "matcher", "messaging")


@pytest.fixture
def store(house: Harness[Store], agency: TenantSaved) -> Store:
    return house.store(agency)


def notes(agency: TenantSaved, *seqs: int, source: str = "gateway") -> list[AuditNoted]:
    return [noted(seq, agency.tenant, source) for seq in seqs]


async def test_notes_become_one_chain_and_one_tree(
    house: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    for source in SOURCES:
        await seal(house, agency, notes(agency, *range(1, 40), source=source))
    read = await entries(store)
    assert [numbers(read, source) for source in SOURCES] == [list(range(1, 40))] * 3
    head, leaves = await store.audit.head(), await store.audit.entries.hashes(117)
    assert (head.size, head.tree.root) == (117, mth(leaves))
    assert head.hash == leaves[-1].hex()


async def test_what_was_had_is_absorbed_and_what_never_came_shows(
    house: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    await seal(house, agency, notes(agency, 1, 2, 2, 1))
    await seal(house, agency, notes(agency, 2, 5, 3, 6))
    assert numbers(await entries(store), "gateway") == [1, 2, 5, 3, 6]
    assert (await store.audit.head()).numbers("gateway").gaps == ((4, 4),)
    await seal(house, agency, notes(agency, 1, 2, 3, 5, 6))
    assert (await store.audit.head()).size == 5


async def test_what_comes_late_is_sealed_at_the_end_and_once(
    house: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    """As a dead letter does that an operator replays, here behind a checkpoint."""
    await seal(house, agency, notes(agency, 1, 2, 9, 12))

    async def sign(own: Store, _: Work) -> None:
        head = await own.audit.head()
        await own.audit.keep_checkpoint(head, made(agency, head))

    await house.units.write(agency, sign)
    for _ in range(2):
        await house.take(notes(agency, 5)[0], agency, "replayed")
    await seal(house, agency, notes(agency, 4, 10))
    await seal(house, agency, notes(agency, 12, 10, 5, 4))
    assert numbers(await entries(store), "gateway") == [1, 2, 9, 12, 5, 4, 10]
    head, leaves = await store.audit.head(), await store.audit.entries.hashes(7)
    assert head.tree.root == mth(leaves)
    assert head.numbers("gateway").gaps == ((3, 3), (6, 8), (11, 11))


async def test_a_service_that_gives_numbers_again_loses_no_note_and_is_put_on_record(
    house: Harness[Store],
    agency: TenantSaved,
    store: Store,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It was restored from a copy of number 2, and goes on with other notes."""
    counted = REGISTRY.get_sample_value("audit_numbers_again_total", {"source": "gateway"}) or 0
    old = [noted(n, agency.tenant, note_id=f"old-{n}") for n in range(1, 6)]
    new = [noted(n, agency.tenant, note_id=f"new-{n}") for n in range(3, 8)]
    for one in [*old, *new, *old, *new]:
        await house.take(one, agency)
    assert numbers(await entries(store), "gateway") == [1, 2, 3, 4, 5, 3, 4, 5, 6, 7]
    now = REGISTRY.get_sample_value("audit_numbers_again_total", {"source": "gateway"})
    assert (now or 0) - counted == 3
    (note,) = await notes_of(house, agency)
    assert (note["action"], note["object"]) == ("audit.number_again", "gateway")
    assert note["facts"] == {"source_seq": 3, "last": 5, "sequence": 6}
    logged = caplog.text + capsys.readouterr().out
    assert logged.count("audit.number_again") == 1


async def test_other_content_under_a_known_number_does_not_vanish_without_ids(
    house: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    await seal(house, agency, notes(agency, 1, 2))
    await seal(house, agency, [noted(2, agency.tenant, object="other"), *notes(agency, 2)])
    assert [entry["object"] for entry in await entries(store)] == [None, None, "other"]


async def test_a_trail_of_before_remembers_what_is_missing_from_now_on(
    house: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    await seal(house, agency, notes(agency, 1, 2))
    rows = house.mongo.scope(agency.tenant).collection("trail_head")
    await rows.update({"_id": "head"}, {"$unset": {"gaps": ""}})
    await seal(house, agency, notes(agency, 4))
    await seal(house, agency, notes(agency, 3))
    assert numbers(await entries(store), "gateway") == [1, 2, 4, 3]


async def test_the_bus_hands_them_over_and_a_repetition_changes_nothing(
    house: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    for _ in range(2):
        for one in notes(agency, 1, 2, 3):
            await house.take(one, agency, f"e-{one.source_seq}")
    assert numbers(await entries(store), "gateway") == [1, 2, 3]


async def test_two_sealers_give_one_chain(
    house: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    """Each has had a part before, as after a rebalance; none is sealed twice, none is lost."""

    async def sealer(source: str, step: int) -> None:
        for first in range(1, 121, step):
            await again(notes(agency, *range(first, first + step), source=source))

    async def again(batch: Sequence[AuditNoted]) -> None:
        while True:
            try:
                return await seal(house, agency, batch)
            except Exception:  # noqa: BLE001 - as the bus does it
                await asyncio.sleep(0.01)

    twice = [sealer(source, step) for source in SOURCES for step in (20, 15)]
    await at_once(*twice)
    read = await entries(store)
    assert [numbers(read, source) for source in SOURCES] == [list(range(1, 121))] * 3
    leaves = await store.audit.entries.hashes(360)
    assert (await store.audit.head()).tree.root == mth(leaves)
    parts = await store.untold.next(1000)
    own = [part for part in parts if part.tenant == agency.tenant]
    told = [n for part in own for n in range(part.first or 0, part.last + 1)]
    assert told == list(range(1, 361))


async def test_who_has_seen_an_older_end_does_not_move_it(
    house: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    await seal(house, agency, notes(agency, 1))
    seen = await store.audit.head()
    await seal(house, agency, notes(agency, 2))
    with pytest.raises(Overtaken):
        await store.audit.keep_checkpoint(seen, made(agency, seen))


async def test_people_have_random_names_that_are_forgotten(
    house: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    one, other = "5b0c7e1fa2d94a6c8e3f1d2b4a596877", "6b0c7e1fa2d94a6c8e3f1d2b4a596877"
    who = [noted(n, agency.tenant, person=p) for n, p in enumerate((one, other, one, None), 1)]
    await seal(house, agency, who)
    first, second, third, nobody = (entry["person"] for entry in await entries(store))
    assert (first, nobody) == (third, None)
    assert first != second
    assert not {one, other} & {first, second}
    assert await store.audit.person(one) == first
    assert await store.audit.forget(one)
    assert not await store.audit.forget(one)
    assert await store.audit.person(one) is None
    await seal(house, agency, [noted(5, agency.tenant, person=one)])
    fresh = (await entries(store))[-1]["person"]
    assert fresh not in {first, second}


async def test_who_was_forgotten_is_not_known_again_by_a_note_that_comes_again(
    house: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    one = "5b0c7e1fa2d94a6c8e3f1d2b4a596877"
    for _ in range(2):
        await seal(house, agency, [noted(1, agency.tenant, person=one)])
        await store.audit.forget(one)
    await seal(house, agency, [noted(1, agency.tenant, person=one), noted(2, agency.tenant)])
    assert numbers(await entries(store), "gateway") == [1, 2]
    assert await store.audit.person(one) is None


async def test_entries_are_found_by_what_they_say(
    house: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    said = [
        noted(1, agency.tenant, action="access.read", person="s-1"),
        noted(2, agency.tenant, actor="user:usr_2"),
        noted(3, agency.tenant).model_copy(update={"at": NOON + timedelta(days=1)}),
    ]
    await seal(house, agency, said)
    person = await store.audit.person("s-1")

    async def found(asked: Asked, below: int | None = None) -> Sequence[int]:
        return [one.sequence for one in await store.audit.entries.page(asked, below, 10)]

    assert await found(Asked()) == [3, 2, 1]
    assert await found(Asked(), below=3) == [2, 1]
    assert await found(Asked(action="access.read")) == [1]
    assert await found(Asked(actor="user:usr_1")) == [3, 1]
    assert await found(Asked(person=person)) == [1]
    assert await found(Asked(since=NOON + timedelta(hours=1))) == [3]
    assert await found(Asked(until=NOON + timedelta(hours=1))) == [2, 1]


async def test_a_trail_wants_a_checkpoint_after_a_minute_or_a_hundred_entries(
    house: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    await seal(house, agency, notes(agency, *range(1, 100)))
    now = clock.now()
    assert agency.tenant not in await store.unsigned.due(now)
    assert agency.tenant in await store.unsigned.due(now + timedelta(seconds=61))
    await seal(house, agency, notes(agency, 100))
    assert agency.tenant in await store.unsigned.due(now)

    async def sign(own: Store, _: Work) -> None:
        head = await own.audit.head()
        await own.audit.keep_checkpoint(head, made(agency, head))

    await house.units.write(agency, sign)
    assert agency.tenant not in await store.unsigned.due(now + timedelta(days=1))
    head = await store.audit.head()
    assert (head.size, head.unsigned, head.since) == (100, 0, None)
    (kept,) = await store.audit.checkpoints.page(None, 10)
    assert kept == made(agency, head)
    parts = [part for part in await store.untold.next(1000) if part.tenant == agency.tenant]
    assert [(part.first, part.last) for part in parts] == [(1, 99), (100, 100), (None, 100)]


def made(agency: TenantSaved, head: Head) -> AuditCheckpointed:
    return AuditCheckpointed(
        tenant=agency.tenant, size=head.size, root=head.tree.root.hex(), note="n", at=NOON
    )
