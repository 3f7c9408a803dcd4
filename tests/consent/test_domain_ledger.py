"""Books, causes, purposes, and the list of suppressed numbers."""

from datetime import timedelta

import pytest

from services.consent.domain.ledger import causes
from services.consent.domain.ledger.book import Book
from services.consent.domain.ledger.purposes import Unfit, fitting
from services.consent.domain.ledger.record import Action, Subject
from services.consent.domain.ledger.suppression import Suppression, settled
from tests.consent.given import NOON, SUBJECT, act, at, book, failed, state, stop, texted


def test_an_empty_book_knows_nothing() -> None:
    empty = Book(SUBJECT)
    assert (empty.version, empty.fresh, empty.state, empty.told) == (0, (), None, None)
    assert list(empty.changes()) == []
    assert not empty.refuses(act())


def test_each_record_is_a_version() -> None:
    held = book(act(), stop(1))
    kept = Book(SUBJECT, held.records, kept=2).adding(act(seconds=2), NOON)
    assert [record.seq for record in kept.records] == [1, 2, 3]
    assert [record.seq for record in kept.fresh] == [3]
    (change,) = kept.changes()
    assert (change.version, change.subject, change.suppressed) == (3, SUBJECT, False)
    assert change == kept.told
    assert [one.version for one in held.changes()] == [1, 2]
    assert [one.suppressed for one in held.changes()] == [False, True]


def test_the_same_act_is_one_record() -> None:
    one = act()
    held = book(one)
    assert held.adding(one, NOON + timedelta(days=1)) is held


@pytest.mark.parametrize(
    ("asked", "refused"),
    [
        (act(seconds=9), True),
        (act(seconds=10), True),
        (act(seconds=11), False),
        (act("grant", "service"), False),
        (act(channel="voice"), False),
    ],
    ids=["older", "same moment", "newer", "other purpose", "other channel"],
)
def test_a_book_refuses_what_was_withdrawn_since(asked: object, refused: bool) -> None:
    assert book(act("withdraw", seconds=10)).refuses(asked) is refused  # type: ignore[arg-type]


def test_after_a_stop_it_refuses_all_that_is_older() -> None:
    held = book(stop(10))
    assert held.refuses(act("grant", "profiling", channel="voice"))
    assert not held.refuses(act(seconds=11))


@pytest.mark.parametrize(
    ("keyword", "action", "purpose"),
    [
        ("stop", "withdraw", "all"),
        ("start", "grant", "marketing"),
        ("suspected", "suspect", "marketing"),
    ],
)
def test_a_word_by_text_is_an_act(keyword: str, action: str, purpose: str) -> None:
    message = texted(keyword, SUBJECT, 5)
    made = causes.of_message(message)
    assert made is not None
    assert (made.action, made.purpose, made.channel) == (action, purpose, "sms")
    assert (made.means, made.who, made.at) == ("sms", "the person", at(5))
    assert made.message_id == message.message_id
    assert made == causes.of_message(message)
    other = causes.of_message(texted(keyword, SUBJECT, 5))
    assert other is not None
    assert other.id != made.id
    assert made.id.startswith("rec_")
    assert len(made.id) == 36


@pytest.mark.parametrize("keyword", ["help", "none", "a word of tomorrow"])
def test_other_texts_are_none(keyword: str) -> None:
    assert causes.of_message(texted(keyword, SUBJECT)) is None


def test_what_the_provider_refuses_to_deliver_is_a_withdrawal() -> None:
    failure = failed(SUBJECT)
    made = causes.of_failure(failure)
    assert made is not None
    assert (made.action, made.purpose, made.means) == ("withdraw", "all", "provider")
    assert (made.who, made.at, made.message_id) == ("the provider", NOON, failure.message_id)
    assert causes.of_failure(failed(SUBJECT, "undeliverable")) is None


@pytest.mark.parametrize(
    ("action", "purpose", "found"),
    [
        ("grant", "service", "service"),
        ("withdraw", "all", "all"),
        ("object", None, "profiling"),
        ("clear", "marketing", "marketing"),
        ("suspect", None, "marketing"),
    ],
)
def test_a_purpose_that_fits(action: Action, purpose: Subject | None, found: str) -> None:
    assert fitting(action, purpose) == found


@pytest.mark.parametrize(
    ("action", "purpose", "advice"),
    [
        ("grant", None, "Name the purpose: marketing, service, profiling."),
        ("grant", "all", "Name the purpose: marketing, service, profiling."),
        ("withdraw", None, "Name the purpose: marketing, service, profiling, all."),
        (
            "object",
            "marketing",
            "This is about profiling alone. To refuse messages, record a withdrawal.",
        ),
        ("clear", "service", "This is about marketing alone."),
    ],
)
def test_a_purpose_that_does_not(action: Action, purpose: Subject | None, advice: str) -> None:
    with pytest.raises(Unfit) as unfit:
        fitting(action, purpose)
    assert str(unfit.value) == advice


def test_a_stop_suppresses_the_number() -> None:
    assert settled(None, state(act(), stop(1))) == Suppression("stop", at(1))


def test_a_withdrawal_of_marketing_does_not() -> None:
    assert settled(None, state(act("withdraw"))) is None


def test_a_later_grant_lifts_it_and_leaves_the_trace() -> None:
    held = Suppression("stop", at(1))
    assert settled(held, state(stop(1), act(seconds=2))) == Suppression("stop", at(1), at(2))


def test_where_the_ledger_was_lost_only_a_later_grant_lifts_it() -> None:
    held = Suppression("stop", at(10))
    assert settled(held, state(act(seconds=9))) == held
    assert settled(held, state(act("suspect", seconds=11))) == held
    assert settled(held, state(act(seconds=11))) == Suppression("stop", at(10), at(11))


def test_what_is_lifted_stays_as_it_was_lifted() -> None:
    held = Suppression("stop", at(1), at(2))
    assert settled(held, state(stop(1), act(seconds=2), act(seconds=3))) == held
    assert settled(held, state(act(seconds=2), stop(4))) == Suppression("stop", at(4))
