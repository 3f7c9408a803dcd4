"""An erasure is done when, and only when, every store has answered a late clean round."""

import re
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from libs.common.events import Count, ErasureDone
from services.consent.domain.rights.erasure import APART, LONGEST, Erasure, leg_of
from tests.consent.given import NOON, SUBJECT, at

ROOT = Path(__file__).parents[2]
STORES = ("insights", "matcher", "messaging")
OTHER = "0" * 32


def ms(most: int) -> st.SearchStrategy[int]:
    return st.integers(0, most)


def begun(stores: tuple[str, ...] = STORES, **told: object) -> Erasure:
    whole = {
        "id": "era_1",
        "subject": SUBJECT,
        "request": "req_1",
        "requests": ("req_1",),
        "customers": None,
        "at": NOON,
        "begun_at": NOON,
        "record": "rec_1",
        "legs": (leg_of(SUBJECT, stores, NOON),),
    }
    return Erasure.model_validate(whole | told)


def done(store: str, nth: int, found: int = 0, subject: str = SUBJECT, *others: str) -> ErasureDone:
    deleted = (Count(collection="things", documents=found),) if found else ()
    return ErasureDone(
        request_id="req_1",
        subject=subject,
        store=store,
        at=NOON,
        round=nth,
        deleted=deleted,
        others=others,
    )


def hear(entry: Erasure, seconds: float, *said: ErasureDone) -> Erasure:
    for one in said:
        entry = entry.answered(one, STORES, at(seconds))
    return entry


def test_two_rounds_are_enough_where_nothing_comes_late() -> None:
    entry = hear(begun(), 0.2, *(done(store, 1, 3) for store in STORES))
    assert not entry.done
    assert entry.next_round() == at(8.2)
    entry = entry.again(at(8.2))
    (order,) = entry.orders(begun())
    assert (order.round, order.at, order.request_id) == (2, NOON, "req_1")
    assert hear(entry, 8.4, *(done(store, 2) for store in STORES)).done


@pytest.mark.parametrize("file", ["deploy/local/mongod.py", "deploy/compose/compose.yaml"])
def test_no_transaction_outlives_the_time_between_answer_and_proof(file: str) -> None:
    """mongod looks for those that are too old each half of what they may live."""
    text = (ROOT / file).read_text("utf-8")
    lives = [float(one) for one in re.findall(r"transactionLifetimeLimitSeconds=(\d+)", text)]
    assert lives
    assert all(timedelta(seconds=1.5 * one) < APART for one in lives)


def test_a_clean_answer_to_an_early_round_proves_nothing() -> None:
    entry = hear(begun(), 0.2, *(done(store, 1) for store in STORES)).again(at(8.2))
    slow = hear(begun(), 5.0, *(done(store, 1) for store in STORES))
    assert slow.again(at(8.2)) == slow
    assert slow.next_round() == at(13)
    assert hear(entry, 8.4, done("matcher", 1), done("matcher", 1)).awaiting == STORES


def test_what_is_found_late_takes_another_round() -> None:
    entry = hear(begun(("matcher",)), 0, done("matcher", 1, 5)).again(at(8))
    entry = hear(entry, 8.5, done("matcher", 2, 1))
    assert not entry.done
    assert entry.next_round() == at(16)
    entry = hear(entry.again(at(16)), 16.5, done("matcher", 3))
    assert entry.done
    assert entry.legs[0].sides[0].deleted == {"things": 6}


def test_a_silent_store_is_asked_less_and_less_often_and_always() -> None:
    entry, asked = begun(("matcher",)), [NOON]
    while len(asked) < 40:
        wants = entry.next_round()
        assert wants is not None
        entry = entry.again(wants)
        asked.append(wants)
    gaps = [later - earlier for earlier, later in pairwise(asked)]
    assert gaps == sorted(gaps)
    assert (gaps[0], gaps[-1]) == (2 * APART, LONGEST)
    assert entry.awaiting == ("matcher",)
    back = hear(entry, 10**6, *(done("matcher", i + 1, i == 0) for i in range(40)))
    assert not back.done
    wants = back.next_round()
    assert wants == at(10**6) + APART
    assert hear(back.again(wants), 10**6 + 9, done("matcher", 41)).done


def test_a_silent_store_does_not_hold_up_the_proof_of_the_others() -> None:
    entry = hear(begun(), 0.5, done("insights", 1), done("messaging", 1))
    assert entry.next_round() == at(8.5)
    entry = hear(entry.again(at(8.5)), 9, done("insights", 2), done("messaging", 2))
    assert entry.awaiting == ("matcher",)
    assert entry.next_round() == at(8.5) + 4 * APART


def test_further_subjects_are_ordered_at_once_and_once() -> None:
    entry = hear(begun(), 1, done("matcher", 1, 2, SUBJECT, OTHER, SUBJECT))
    assert [leg.subject for leg in entry.legs] == [SUBJECT, OTHER]
    (order,) = entry.orders(begun())
    assert (order.subject, order.round) == (OTHER, 1)
    again = hear(entry, 2, done("matcher", 2, 0, SUBJECT, OTHER), done("x", 1, 0, OTHER, OTHER))
    assert len(again.legs) == 2
    assert hear(entry, 2, done("matcher", 1, 0, "f" * 32, "e" * 32)) == entry


def test_a_second_request_asks_every_store_again() -> None:
    entry = hear(begun(("matcher",)), 0, done("matcher", 1, 5)).again(at(8))
    joined = entry.joined("req_2", ("c-1",), at(9))
    assert (joined.at, joined.requests, joined.customers) == (at(9), ("req_1", "req_2"), None)
    (order,) = joined.orders(entry)
    assert (order.round, order.at) == (3, at(9))
    assert not hear(joined, 10, done("matcher", 2)).done  # ordered before the second request
    joined = hear(joined, 10, done("matcher", 2), done("matcher", 3))
    wants = joined.next_round()
    assert wants == at(18)
    assert hear(joined.again(wants), 19, done("matcher", 4)).done


def test_customers_of_two_requests_are_those_of_both() -> None:
    entry = begun(customers=("c-1", "c-2")).joined("req_2", ("c-2", "c-3"), at(1))
    assert entry.customers == ("c-1", "c-2", "c-3")
    assert begun(customers=("c-1",)).joined("req_2", None, at(1)).customers is None


class Told:
    """An erasure, and beside it the bare list of what was ordered and answered, and when."""

    def __init__(self) -> None:
        self.entry, self.now = begun(), NOON
        self.ordered = [NOON]
        self.heard: list[tuple[str, int, int, datetime]] = []

    def answer(self, store: str, back: int, found: int, wait: int) -> None:
        """To the round that is so many before the last one."""
        self.now += timedelta(milliseconds=wait)
        nth = len(self.ordered) - back
        self.entry = self.entry.answered(done(store, nth, found), STORES, self.now)
        if 0 < nth <= len(self.ordered):
            self.heard.append((store, nth, found, self.now))

    def look(self, wait: int) -> None:
        self.now += timedelta(milliseconds=wait)
        after = self.entry.again(self.now)
        self.ordered += [self.now] * (after != self.entry)
        self.entry = after

    def wait(self) -> None:
        """Until the next round is due."""
        self.now = max(self.now, self.entry.next_round() or self.now)
        self.look(0)

    def all_but(self, silent: str) -> None:
        """The others answer that they found nothing."""
        for store in STORES:
            if store != silent:
                self.answer(store, 0, 0, 1)

    def restart(self) -> None:
        self.entry = Erasure.model_validate(self.entry.model_dump())


stores, found = st.sampled_from(STORES), st.sampled_from([0, 0, 0, 0, 1, 2])
steps = st.one_of(
    st.tuples(st.just("answer"), stores, st.sampled_from([0, 0, 0, 1, 2, -1]), found, ms(4_000)),
    st.tuples(st.just("all_but"), st.sampled_from([*STORES, "nobody"])),
    st.tuples(st.just("look"), ms(15_000)),
    st.tuples(st.just("wait")),
    st.tuples(st.just("restart")),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(steps, max_size=60))
def test_in_any_order_it_is_done_iff_every_store_answered_a_late_clean_round(
    script: list[tuple[object, ...]],
) -> None:
    told = Told()
    for name, *arguments in script:
        getattr(told, str(name))(*arguments)
        proven = all(_proven(store, told.ordered, told.heard) for store in STORES)
        assert told.entry.done == proven
        assert (told.entry.next_round() is None) == proven
    assert all(b - a >= APART for a, b in pairwise(told.ordered))
    event(f"done: {told.entry.done}")


@given(st.lists(steps, max_size=30))
def test_whatever_went_before_it_is_done_once_the_stores_answer(
    script: list[tuple[object, ...]],
) -> None:
    told = Told()
    for name, *arguments in script:
        getattr(told, str(name))(*arguments)
    for _ in range(3):
        for store in STORES:
            told.answer(store, 0, 0, 1)
        told.wait()
    assert told.entry.done


def _proven(
    store: str, ordered: list[datetime], heard: list[tuple[str, int, int, datetime]]
) -> bool:
    own = [(nth, found, when) for name, nth, found, when in heard if name == store]
    first = min((when for _, _, when in own), default=None)
    counted: dict[int, int] = {}
    for nth, found, _ in own:
        counted.setdefault(nth, found)  # what is said of a round a second time is not news
    return any(
        not found and first is not None and ordered[nth - 1] >= first + APART
        for nth, found in counted.items()
    )


@given(st.permutations([(s, r) for s in STORES for r in (1, 2)]))
def test_in_whatever_order_answers_come_the_count_is_the_same(order: list[tuple[str, int]]) -> None:
    entry = begun().again(at(16))
    for store, nth in order * 2:
        entry = hear(entry, 30, done(store, nth, nth))
    assert [side.deleted for side in entry.legs[0].sides] == [{"things": 3}] * 3


@pytest.mark.parametrize("nth", [0, -1, 2, 99])
def test_a_round_that_was_never_ordered_is_no_answer(nth: int) -> None:
    assert hear(begun(), 1, done("matcher", nth)) == begun()
