from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matcher.domain.faults import Fault
from services.matcher.domain.rows import Reading
from services.matcher.domain.tally import QUIET, Tally, Written, state_now
from tests.matcher.given import draft

NOW = datetime(2026, 5, 19, 12, tzinfo=UTC)
GOOD = Reading(2, draft())
FLAWED = Reading(3, draft(), (Fault(3, "email", "x", "email", "Why."),))
REJECTED = Reading(4, None, (Fault(4, "phone", "1", "not_possible", "Why."),))
BROKEN = Reading(5, None, (Fault(5, None, "", "columns", "Why."),))


def test_begins_with_nothing() -> None:
    assert Tally().plus([], Written()) == Tally()


def test_every_row_is_counted_once_and_every_fault_by_its_code() -> None:
    batch = [GOOD, FLAWED, FLAWED, REJECTED, BROKEN]
    tally = Tally().plus(batch, Written(created=1, unchanged=1, repeated=1))
    assert tally == Tally(
        rows=5,
        created=1,
        unchanged=1,
        repeated=1,
        rejected=2,
        faults={"email": 2, "not_possible": 1, "columns": 1},
    )


@given(st.lists(st.lists(st.sampled_from([GOOD, FLAWED, REJECTED, BROKEN]), max_size=5)))
def test_batches_add_up_to_the_whole(batches: list[list[Reading]]) -> None:
    def written(rows: list[Reading]) -> Written:
        return Written(created=sum(row.draft is not None for row in rows))

    tally = Tally()
    for batch in batches:
        tally = tally.plus(iter(batch), written(batch))
    whole = [row for batch in batches for row in batch]
    assert tally == Tally().plus(whole, written(whole))
    assert tally.rows == len(whole) == tally.created + tally.rejected
    assert sum(tally.faults.values()) == sum(len(row.faults) for row in whole)


@pytest.mark.parametrize(
    ("state", "since", "told"),
    [
        ("running", timedelta(), "running"),
        ("running", QUIET, "running"),
        ("running", QUIET + timedelta(seconds=1), "interrupted"),
        ("running", -timedelta(days=1), "running"),
        ("finished", timedelta(days=9), "finished"),
        ("failed", timedelta(days=9), "failed"),
    ],
)
def test_an_import_that_went_quiet_was_cut_off(state: str, since: timedelta, told: str) -> None:
    assert state_now(state, NOW - since, NOW) == told
