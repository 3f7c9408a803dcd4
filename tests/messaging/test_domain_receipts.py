"""Receipts: in any order, and more than once, to the same end."""

from functools import reduce
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.messaging.domain.receipts import FINAL, STATES, after

STATUSES = (
    "queued",
    "sending",
    "sent",
    "expired",
    "sending_failed",
    "delivery_unconfirmed",
    "delivered",
    "delivery_failed",
    "read",
)
OPEN = STATES - FINAL

states = st.sampled_from(sorted(STATES))
words = st.sampled_from([*STATUSES, "gw_timeout", "something new"])


@given(states, st.lists(words, max_size=5))
def test_every_order_of_the_receipts_gives_the_same_end(state: str, statuses: list[str]) -> None:
    ends = {reduce(after, order, state) for order in permutations(statuses)}

    assert len(ends) == 1
    assert reduce(after, statuses + statuses, state) in ends


@given(states, words)
def test_what_is_final_stays_final_and_what_has_gone_stays_gone(state: str, status: str) -> None:
    end = after(state, status)

    assert end in STATES
    assert end not in {"queued", "sending", "unknown", "needs_review"}
    assert end in FINAL or state not in FINAL


@pytest.mark.parametrize("state", ["queued", "sending", "unknown", "needs_review", "accepted"])
@pytest.mark.parametrize(
    ("status", "end"),
    [
        ("queued", "accepted"),
        ("sending", "accepted"),
        ("something new", "accepted"),
        ("sent", "sent"),
        ("delivered", "delivered"),
        ("read", "delivered"),
        ("delivery_failed", "undelivered"),
        ("sending_failed", "failed"),
        ("expired", "failed"),
        ("failed", "failed"),
        ("delivery_unconfirmed", "unconfirmed"),
        ("dlr_timeout", "unconfirmed"),
    ],
)
def test_a_receipt_proves_acceptance(state: str, status: str, end: str) -> None:
    assert after(state, status) == end


@pytest.mark.parametrize(
    ("first", "then", "end"),
    [
        ("delivered", "sent", "delivered"),
        ("delivery_failed", "delivered", "delivered"),
        ("sending_failed", "delivery_failed", "undelivered"),
        ("delivery_unconfirmed", "sending_failed", "failed"),
        ("delivery_unconfirmed", "sent", "unconfirmed"),
    ],
)
def test_among_final_ones_the_surer_one_counts(first: str, then: str, end: str) -> None:
    assert after(after("sending", first), then) == after(after("sending", then), first) == end


@pytest.mark.parametrize("state", ["blocked", "cancelled"])
@pytest.mark.parametrize("status", STATUSES)
def test_what_was_decided_here_stays(state: str, status: str) -> None:
    assert after(state, status) == state


def test_the_states() -> None:
    assert {
        "delivered",
        "undelivered",
        "failed",
        "unconfirmed",
        "blocked",
        "cancelled",
    } == FINAL
    assert {"queued", "sending", "accepted", "sent", "unknown", "needs_review"} == OPEN


def test_a_state_that_is_none_is_refused() -> None:
    with pytest.raises(KeyError):
        after("lost", "sent")
