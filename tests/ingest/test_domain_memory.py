"""The memory of ids at the door."""

from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.memory import Memory


def test_what_was_added_is_remembered() -> None:
    memory = Memory()
    assert "a" not in memory
    memory.add("a")
    assert "a" in memory


def test_the_oldest_is_forgotten_first_and_a_repetition_makes_it_the_latest() -> None:
    memory = Memory(2)
    for event in ("a", "b", "a", "c"):
        memory.add(event)
    assert [event in memory for event in ("a", "b", "c")] == [True, False, True]


@given(st.lists(st.integers(0, 9).map(str)), st.integers(1, 5))
def test_it_holds_exactly_the_last_different_ids(added: list[str], size: int) -> None:
    memory = Memory(size)
    for event in added:
        memory.add(event)
    latest = list(dict.fromkeys(reversed(added)))[:size]
    assert {event for event in map(str, range(10)) if event in memory} == set(latest)
