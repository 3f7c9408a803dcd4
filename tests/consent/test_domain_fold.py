"""What a person allows, from what they said."""

from collections.abc import Sequence
from random import Random
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.consent.domain.ledger.book import Book
from services.consent.domain.ledger.fold import fold
from services.consent.domain.ledger.folded import Folded, place
from services.consent.domain.ledger.purposes import _FITTING
from services.consent.domain.ledger.record import CHANNELS, Act, Action, Record
from services.consent.domain.ledger.state import State
from tests.consent.given import NOON, SUBJECT, act, at, book, records, state, stop


def permissions(found: State) -> dict[tuple[str, str], str]:
    return {(p.purpose, p.channel): p.state for p in found.permissions}


def marketing(found: State) -> str | None:
    return permissions(found).get(("marketing", "sms"))


@st.composite
def acts(draw: st.DrawFn) -> Act:
    action: Action = draw(st.sampled_from(get_args(Action)))
    return act(
        action,
        draw(st.sampled_from(_FITTING[action])),
        draw(st.integers(0, 5)),
        channel=draw(st.sampled_from(CHANNELS)),
        collected_directly=draw(st.booleans()),
    )


def grants(before: int) -> st.SearchStrategy[list[Act]]:
    one = st.builds(
        lambda seconds, purpose, directly: act(
            "grant", purpose, seconds, collected_directly=directly
        ),
        st.integers(0, before),
        st.sampled_from(("marketing", "service", "profiling")),
        st.booleans(),
    )
    return st.lists(one, max_size=6)


@given(st.lists(acts(), min_size=1, max_size=12), st.randoms())
def test_the_order_in_which_records_arrive_does_not_matter(
    said: Sequence[Act], random: Random
) -> None:
    shuffled = list(said)
    random.shuffle(shuffled)
    assert state(*shuffled) == state(*said)


@given(st.lists(acts(), min_size=1, max_size=12))
def test_folding_on_comes_to_what_folding_the_whole_does(said: list[Act]) -> None:
    """Whenever each was said: `acts` are of any time, whatever their place in the list."""
    whole = records(*said)
    base: Folded | None = None
    for end, record in enumerate(whole, 1):
        if base and base.precedes(record):
            held = Book(SUBJECT, base=base)
        else:
            held = Book(SUBJECT, whole[: end - 1], kept=end - 1)
        found = held.adding(said[end - 1], NOON)
        assert found.folded == fold(whole[:end])
        assert [change.version for change in found.changes()] == [end]
        base = Folded.model_validate(found.folded.model_dump())


@given(st.lists(acts(), min_size=2, max_size=12), st.data())
def test_several_are_folded_on_at_once(said: list[Act], data: st.DataObject) -> None:
    ordered = sorted(records(*said), key=place)
    first = data.draw(st.integers(1, len(ordered) - 1))
    onto = fold(ordered[:first])
    assert fold(ordered[first:], onto).state == fold(ordered).state


@given(st.lists(acts(), min_size=2, max_size=12), st.data())
def test_what_is_older_is_not_folded_on(said: list[Act], data: st.DataObject) -> None:
    ordered = sorted(records(*said), key=place)
    older = ordered.pop(data.draw(st.integers(0, len(ordered) - 2)))
    onto = fold(ordered)
    assert not onto.precedes(older)
    with pytest.raises(ValueError, match="fold all of them"):
        fold([older], onto)


@given(grants(before=10), st.sampled_from(["marketing", "all"]), st.randoms())
def test_no_older_grant_brings_back_what_was_withdrawn(
    older: list[Act], purpose: str, random: Random
) -> None:
    withdrawal = act("withdraw", purpose, 10)
    said = [*older, withdrawal]
    random.shuffle(said)
    found = state(*said)
    assert marketing(found) == "withdrawn"
    if purpose == "all":
        assert found.stopped_at == withdrawal.at
        assert set(permissions(found).values()) == {"withdrawn"}
        assert found.opened_at is None


@given(st.lists(acts(), max_size=10), st.randoms())
def test_a_later_grant_of_marketing_does(said: list[Act], random: Random) -> None:
    everything = [*said, act("grant", "marketing", 60)]
    random.shuffle(everything)
    found = state(*everything)
    assert (marketing(found), found.stopped_at) == ("granted", None)
    assert found.opened_at == at(60)


@given(st.lists(acts(), max_size=10))
def test_a_stop_at_the_end_leaves_nothing_that_may_be_sent(said: list[Act]) -> None:
    found = state(*said, stop(60))
    assert found.stopped_at == at(60)
    assert "granted" not in permissions(found).values()
    assert not found.suspected


@given(st.lists(acts(), min_size=1, max_size=8))
def test_a_record_that_is_there_twice_counts_once(said: list[Act]) -> None:
    assert book(*said, *said).records == book(*said).records


def test_a_grant_says_how_it_is_proven() -> None:
    one = act(means="paper", collected_directly=False)
    (permission,) = state(one).permissions
    assert permission.model_dump() == {
        "purpose": "marketing",
        "channel": "sms",
        "state": "granted",
        "since": one.at,
        "means": "paper",
        "collected_directly": False,
        "record_id": one.id,
    }


def test_purposes_and_channels_are_apart() -> None:
    found = state(
        act("grant"),
        act("grant", channel="voice"),
        act("withdraw", seconds=1),
        act("grant", "profiling", 2),
    )
    assert permissions(found) == {
        ("marketing", "sms"): "withdrawn",
        ("marketing", "voice"): "granted",
        ("profiling", "sms"): "granted",
    }
    assert found.stopped_at is None


def test_one_word_revokes_all_purposes_and_all_channels() -> None:
    found = state(act("grant", channel="voice"), act("grant", "profiling"), stop(1))
    assert permissions(found) == {
        ("marketing", "sms"): "withdrawn",
        ("marketing", "voice"): "withdrawn",
        ("profiling", "sms"): "withdrawn",
        ("service", "sms"): "withdrawn",
    }
    assert found.stopped_at == at(1)


def test_a_start_grants_marketing_and_lifts_the_suppression_and_no_more() -> None:
    found = state(act("grant", "service"), act("grant", "profiling"), stop(1), act(seconds=2))
    assert permissions(found) == {
        ("marketing", "sms"): "granted",
        ("profiling", "sms"): "withdrawn",
    }
    assert found.stopped_at is None


def test_service_messages_that_were_refused_by_name_stay_refused() -> None:
    found = state(act("withdraw", "service"), stop(1), act(seconds=2))
    assert permissions(found)["service", "sms"] == "withdrawn"


def test_to_allow_service_messages_again_does_not_bring_promotions_back() -> None:
    found = state(act("grant"), stop(1), act("grant", "service", 2))
    assert permissions(found)["service", "sms"] == "granted"
    assert (marketing(found), found.stopped_at) == ("withdrawn", None)


@pytest.mark.parametrize(
    "told", [{"purpose": "profiling"}, {"purpose": "marketing", "channel": "voice"}]
)
def test_what_is_no_text_lifts_no_suppression(told: dict[str, str]) -> None:
    assert state(stop(1), act("grant", seconds=2, **told)).stopped_at == at(1)


@pytest.mark.parametrize("stricter", ["withdraw", "suspect"])
def test_at_the_same_moment_the_stricter_act_wins(stricter: str) -> None:
    found = state(act(stricter), act("grant"))
    assert marketing(found) == "withdrawn" or found.suspected
    assert state(act("object"), act("end_objection")).objected
    assert state(act("suspect"), act("clear")).suspected


def test_at_the_same_moment_the_source_that_binds_more_wins() -> None:
    for said in (True, False), (False, True):
        found = state(*(act(collected_directly=directly) for directly in said))
        assert not found.permissions[0].collected_directly


@pytest.mark.parametrize(
    ("decision", "still"),
    [
        (act("clear", seconds=2), False),
        (act("grant", seconds=2), False),
        (act("withdraw", seconds=2), False),
        (stop(2), False),
        (act("grant", "profiling", 2), True),
        (act("withdraw", "service", 2), True),
        (act("grant", seconds=2, channel="voice"), True),
        (act("grant", seconds=0), True),
        (act("clear", seconds=0), True),
    ],
    ids=lambda one: f"{one.action}-{one.purpose}-{one.at:%S}" if isinstance(one, Act) else "",
)
def test_a_suspicion_holds_until_somebody_decides(decision: Act, still: bool) -> None:
    assert state(act("suspect", seconds=1), decision).suspected is still


def test_an_objection_stands_beside_what_may_be_sent() -> None:
    found = state(act("grant"), act("object", seconds=1))
    assert (found.objected, marketing(found), found.stopped_at) == (True, "granted", None)
    assert not state(act("object"), act("end_objection", seconds=1)).objected


def test_the_state_is_as_new_as_the_last_act_of_the_person() -> None:
    assert state(act(seconds=5), act(seconds=1)).changed_at == at(5)


def test_before_anything_is_said_there_is_no_state() -> None:
    with pytest.raises(ValueError, match="no state"):
        fold(())


def test_moments_are_compared_as_they_are_stored() -> None:
    early, late = (act(at=at().replace(microsecond=us)) for us in (1_100, 1_900))
    assert early.at == late.at
    said: tuple[Record, ...] = records(act("withdraw", at=early.at), late)
    assert marketing(fold(said).state) == "withdrawn"
