"""The store: the same over documents in memory and over the real server."""

from collections.abc import Sequence
from random import Random

import pytest

from libs.common.events import ConsentChanged, TenantSaved
from libs.common.mongo import DuplicateKeyError, Work
from services.consent.domain.ledger.book import Book
from services.consent.domain.ledger.purposes import _FITTING as FITTING
from services.consent.domain.ledger.record import CHANNELS, Act
from services.consent.domain.ledger.suppression import Suppression
from services.consent.store import Store
from tests.consent.given import (
    DAN,
    NOON,
    OTHER,
    SUBJECT,
    act,
    at,
    at_once,
    records,
    state,
    stop,
    texted,
)
from tests.support.http import Harness

WRITERS = 12


@pytest.fixture
def store(house: Harness[Store], agency: TenantSaved) -> Store:
    return house.store(agency)


async def enter(house: Harness[Store], agency: TenantSaved, one: Act, subject: str) -> Book:
    async def body(store: Store, work: Work) -> Book:
        book = await store.enter(subject, one, work.now, DAN)
        for change in book.changes():
            work.emit(change)
        return book

    return await house.units.write(agency, body)


async def test_what_is_written_is_read_as_it_was(store: Store) -> None:
    one = act(wording="v3", collected_directly=False, message_id="m-1", channel="voice")
    written = await store.enter(SUBJECT, one, NOON)
    read = await store.ledger.book(SUBJECT)
    assert read.records == written.records
    assert (read.kept, read.version, read.fresh) == (1, 1, ())
    assert await store.ledger.state(SUBJECT) == written.told


async def test_the_state_is_that_of_all_records(store: Store) -> None:
    said = (act(), stop(1), act("object", seconds=2), act("suspect", seconds=3))
    for one in said:
        await store.enter(SUBJECT, one, NOON)
    assert await store.ledger.state(SUBJECT) == state(*said).told(SUBJECT, 4)


def at_random(seed: int, count: int = 25) -> list[Act]:
    """Acts of any kind in the order in which they arrive, which is not that of their times."""
    random = Random(seed)
    said = [
        (action, purpose)
        for action, purposes in FITTING.items()
        for purpose in purposes
        for _ in range(2)
    ]
    return [
        act(action, purpose, random.randrange(9), channel=random.choice(CHANNELS))
        for action, purpose in random.choices(said, k=count)
    ]


@pytest.mark.parametrize("seed", range(4))
async def test_what_is_kept_to_go_on_from_is_the_fold_of_the_ledger(
    store: Store, seed: int
) -> None:
    for one in at_random(seed):
        await store.enter(SUBJECT, one, NOON)
        whole = await store.ledger.book(SUBJECT)
        short = await store.ledger.book_for(SUBJECT, act(seconds=60))
        assert (short.records, short.base) == ((), whole.folded)
        assert await store.ledger.state(SUBJECT) == whole.told


async def test_only_what_comes_late_needs_the_records_before_it(store: Store) -> None:
    await store.enter(SUBJECT, act(seconds=5), NOON)
    await store.enter(SUBJECT, stop(9), NOON)
    assert (await store.ledger.book_for(SUBJECT, act(seconds=10))).records == ()
    late = act("grant", "service", 7)
    assert len((await store.ledger.book_for(SUBJECT, late)).records) == 2
    assert len((await store.ledger.book_for(SUBJECT, act(seconds=9))).records) == 2
    assert (await store.ledger.book_for("nobody", late)).version == 0


async def test_a_state_without_its_fold_is_folded_from_the_ledger(
    house: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    await store.enter(SUBJECT, stop(), NOON)
    states = house.mongo.scope(agency.tenant).collection("states")
    await states.update({"_id": SUBJECT}, {"$unset": {"folded": ""}})
    written = await store.enter(SUBJECT, act(seconds=1), NOON)
    assert [record.seq for record in written.records] == [1, 2]
    assert (await store.ledger.book_for(SUBJECT, act(seconds=2))).base == written.folded


async def test_the_same_act_twice_is_one_record(store: Store) -> None:
    one = act()
    await store.enter(SUBJECT, one, NOON)
    again = await store.enter(SUBJECT, one, at(60))
    assert (again.fresh, again.version) == ((), 1)
    assert (await store.ledger.book(SUBJECT)).records == records(one)


async def test_a_number_in_the_sequence_is_given_once(
    house: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    stale = await store.ledger.book(SUBJECT)
    await store.enter(SUBJECT, act(), NOON)

    async def body(store: Store, _: Work) -> None:
        await store.keep([stale.adding(act(seconds=1), NOON)], {})

    with pytest.raises(DuplicateKeyError):
        await house.units.write(agency, body)
    left = await store.ledger.state(SUBJECT)
    assert left
    assert left.version == 1


async def test_a_book_for_each_subject(store: Store) -> None:
    await store.enter("a", act(), NOON)
    await store.enter("b", act(), NOON)
    await store.enter("a", stop(1), NOON)
    books = await store.ledger.books(["c", "a", "b"])
    assert [(book.subject, book.version) for book in books] == [("c", 0), ("a", 2), ("b", 1)]


async def test_many_books_are_kept_at_once(store: Store) -> None:
    books = [Book(f"s-{n}").adding(act(), NOON).adding(stop(1), NOON) for n in range(30)]
    await store.keep(books, {})
    found = await store.ledger.states(None, 100, False)
    assert {(one.subject, one.version) for one in found} == {(f"s-{n}", 2) for n in range(30)}
    assert [b.records for b in await store.ledger.books([b.subject for b in books])] == [
        b.records for b in books
    ]


async def test_records_come_newest_first_and_in_pages(store: Store) -> None:
    for second in range(5):
        await store.enter(SUBJECT, act(seconds=second), NOON)
    assert [r.seq for r in await store.ledger.records(SUBJECT, None, 3)] == [5, 4, 3]
    assert [r.seq for r in await store.ledger.records(SUBJECT, 3, 3)] == [2, 1]
    assert await store.ledger.records("nobody", None, 3) == []


async def test_only_those_that_somebody_must_decide(store: Store) -> None:
    for number in range(4):
        await store.enter(f"s-{number}", act("suspect", seconds=number), NOON)
    await store.enter("s-1", act("clear", seconds=9), NOON)
    found = await store.ledger.states(None, 10, only_suspected=True)
    assert [one.subject for one in found] == ["s-3", "s-2", "s-0"]
    first, *_ = found
    rest = await store.ledger.states((first.changed_at, first.subject), 10, only_suspected=True)
    assert rest == found[1:]
    assert len(await store.ledger.states(None, 10, only_suspected=False)) == 4


async def test_the_suppression_lies_under_a_code_of_its_own(
    house: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    subject = store.subject_of(DAN)
    await store.enter(subject, stop(), NOON, DAN)
    assert await store.suppressions.get(DAN) == Suppression("stop", NOON)
    assert await store.suppressions.get(OTHER) is None
    rows = await house.mongo.scope(agency.tenant).collection("suppressions").list({})
    code = house.keys.code(agency.tenant, DAN, "suppression")
    assert [row["_id"] for row in rows] == [code]
    assert code != subject


async def test_two_who_write_at_once_lose_nothing(
    house: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    said = [act("withdraw" if n % 3 else "grant", seconds=n) for n in range(WRITERS)]
    subject = store.subject_of(DAN)
    await at_once(*(enter(house, agency, one, subject) for one in said))
    await assert_whole(house, store, subject, said)


async def test_texts_and_requests_at_once_lose_nothing(
    house: Harness[Store], agency: TenantSaved, store: Store
) -> None:
    subject = store.subject_of(DAN)
    said = [act(seconds=n) for n in range(WRITERS)]
    texts = [texted("stop" if n % 2 else "start", subject, n + 0.5) for n in range(WRITERS)]
    await at_once(
        *(house.take(text, agency) for text in texts),
        *(enter(house, agency, one, subject) for one in said),
    )
    await assert_whole(house, store, subject, said, len(texts))
    found = await store.suppressions.get(DAN)
    assert found == Suppression("stop", at(WRITERS - 0.5))


async def assert_whole(
    house: Harness[Store], store: Store, subject: str, said: Sequence[Act], more: int = 0
) -> None:
    """Every act is a record, and every version was told once, with the state it had."""
    book, count = await store.ledger.book(subject), len(said) + more
    assert [record.seq for record in book.records] == list(range(1, count + 1))
    assert {one.id for one in said} <= {record.id for record in book.records}
    told = sorted(house.units.of(ConsentChanged), key=lambda one: one.version)
    assert told == list(Book(subject, book.records).changes())
    assert await store.ledger.state(subject) == told[-1]
