"""The card: for every incoming call, the same from the same facts."""

import re
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common.events.base import Event
from libs.common.events.insights import InsightProduced
from services.insights.domain.card import produce
from services.insights.domain.history import Earlier
from services.insights.domain.outcome import Outcome
from tests.insights.given import (
    CARD,
    NOON,
    answered,
    days_ago,
    earlier,
    ended,
    features,
    matched,
    merged,
    renewing,
    started,
    withheld_start,
)


def card(
    *facts: Event,
    past: list[Earlier] | None = None,
    kind: str = "unknown",
    language: str = "en",
) -> InsightProduced:
    record = merged(*facts)
    made = produce(record, features(record, past or [], kind), CARD, NOON, language)
    assert made is not None
    return made


def said(made: InsightProduced) -> dict[str, str]:
    return {line.code: line.sentence for line in made.lines}


def tones(made: InsightProduced) -> dict[str, str]:
    return {line.code: line.tone for line in made.lines}


starts = st.builds(
    started,
    attestation=st.sampled_from([None, "A", "B", "C", "failed", "other"]),
    screening=st.sampled_from([None, "spam_likely", "other"]),
    party=st.sampled_from(["+12025550142", "+15125550142", "+18765550100", None]),
) | st.builds(withheld_start)
matches = st.builds(
    matched,
    st.sampled_from(["matched", "ambiguous", "unknown", "withheld", "not_a_person", "other"]),
    name=st.sampled_from([None, "Ada Example"]),
    status=st.sampled_from([None, "active", "lapsed"]),
    renewal_on=st.none() | st.dates(),
    customer_since=st.none() | st.dates(),
)
pasts = st.lists(
    st.builds(earlier, st.integers(1, 150_000), st.sampled_from(Outcome)), max_size=9, unique=True
)
kinds = st.sampled_from(["mobile", "voip", "premium", "unknown"])


@settings(deadline=None)
@given(st.data(), starts, st.none() | matches, pasts, kinds)
def test_the_same_inputs_give_the_same_card_for_every_incoming_call(
    data: st.DataObject, start: Event, match: Event | None, past: list[Earlier], kind: str
) -> None:
    facts = [start, *([match] if match else [])]

    first = card(*facts, past=past, kind=kind)
    again = card(
        *data.draw(st.permutations(facts + facts)),
        past=data.draw(st.permutations(past)),
        kind=kind,
    )

    assert again == first
    assert first.lines
    assert InsightProduced.model_validate_json(first.model_dump_json()) == first


def test_an_outgoing_call_has_no_card() -> None:
    record = merged(started(direction="outgoing"), matched())

    assert produce(record, features(record), CARD, NOON, "en") is None


def test_a_call_without_its_start_has_no_card_yet() -> None:
    record = merged(ended(), answered(), matched())

    assert produce(record, features(record), CARD, NOON, "en") is None


def test_one_insight_per_session_in_two_versions() -> None:
    ring, known = card(started()), card(started(), matched())

    assert ring.insight_id == known.insight_id
    assert (ring.version, known.version) == (1, 2)
    assert ring.session_id == ring.about() == "call-1"
    assert ring.model == "agency-standard@2"
    assert ring.as_of == NOON


def test_another_session_is_another_insight() -> None:
    other = started().model_copy(update={"session_id": "call-2"})

    assert card(other).insight_id != card(started()).insight_id


def test_inputs_are_the_ids_of_what_was_used() -> None:
    made = card(started(), matched(), past=days_ago(2, 1, 100))

    assert made.inputs == ("customer/c-1", "call/call-1", "call/call-2880", "call/call-1440")
    assert card(started(), matched("ambiguous")).inputs == ("call/call-1",)


def test_a_card_in_full() -> None:
    past = [*days_ago(1, 2), *days_ago(4, outcome=Outcome.MISSED)]
    made = card(
        started(attestation="A"),
        renewing(23, customer_since="2019-03-01"),
        past=past,
        kind="mobile",
    )

    assert [line.sentence for line in made.lines] == [
        "The number of Ada Example, customer since 2019.",
        "Repeat caller: 3 earlier calls in 90 days.",
        "4 calls in 7 days, with this one.",
        "Last call 1 day ago.",
        "The caller's network vouches for this number (attestation A).",
        "A mobile number.",
        "Renewal in 23 days.",
    ]
    assert (made.risk.points, made.risk.band) == (3, "low")
    assert (made.retention.points, made.retention.band) == (59.53, "at_risk")
    assert [(c.signal, c.contribution) for c in made.retention.contributions] == [
        ("repeat", 30.55),
        ("renewal", 22.32),
        ("missed", 6.66),
    ]


def test_a_first_call_from_a_stranger() -> None:
    assert said(card(started(), matched("unknown"))) == {
        "who": "No customer with this number.",
        "first_call": "First call in 90 days.",
        "attestation": (
            "The network sent no proof of this number, which says nothing about the caller."
        ),
    }


def test_at_the_ring_nothing_is_said_of_who_it_is() -> None:
    assert "who" not in said(card(started()))


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        ("ambiguous", "3 customers may be calling."),
        ("not_a_person", "The number of a service or a company, not of a person."),
    ],
)
def test_who_without_one_customer(outcome: str, sentence: str) -> None:
    assert said(card(started(), matched(outcome)))["who"] == sentence


@pytest.mark.parametrize(
    ("attestation", "tone"),
    [("A", "good"), ("B", "warning"), ("C", "warning"), ("failed", "warning"), (None, "info")],
)
def test_the_attestation_has_a_line(attestation: str | None, tone: str) -> None:
    made = card(started(attestation=attestation))

    assert tones(made)["attestation"] == tone


@pytest.mark.parametrize("attestation", ["C", "failed"])
def test_a_number_that_is_not_proven_proves_no_customer(attestation: str) -> None:
    made = card(started(attestation=attestation), matched())

    assert said(made)["who"] == "The number of Ada Example, but not proven to be the caller's."
    assert tones(made)["who"] == "warning"
    assert "renewal" not in said(made)


def test_a_customer_without_a_name() -> None:
    assert said(card(started(), matched(name=None)))["who"] == "The number of a customer."


def test_a_withheld_call_has_a_card_without_history() -> None:
    made = card(withheld_start(), past=[earlier(5)])

    assert said(made) == {"who": "The caller hides the number."}
    assert made.inputs == ("call/call-1",)
    assert made.retention.points == 0


@pytest.mark.parametrize(
    ("past", "sentence"),
    [
        ([earlier(0.5)], "The same contact goes on: last call less than a minute ago."),
        (
            [earlier(6, Outcome.MISSED)],
            "The same contact goes on: last call 6 minutes ago, not answered.",
        ),
        ([earlier(119)], "Last call 1 hour ago."),
        ([earlier(3 * 24 * 60, Outcome.BUSY)], "Last call 3 days ago, not answered."),
    ],
)
def test_last_contact(past: list[Earlier], sentence: str) -> None:
    assert said(card(started(), past=past))["last_contact"] == sentence


def test_a_far_renewal_is_told_and_weighs_nothing() -> None:
    made = card(started(), renewing(200))

    assert said(made)["renewal"] == "Renewal in 200 days."
    assert tones(made)["renewal"] == "info"
    assert made.retention.points == 0


def test_days_count_from_the_date_of_as_of() -> None:
    record = merged(started(), renewing(1))
    late = produce(record, features(record), CARD, NOON + timedelta(hours=12), "en")

    assert late is not None
    assert said(late)["renewal"] == "Renewal today."


@pytest.mark.parametrize(
    ("shown", "made", "news"),
    [
        (None, {"version": 1}, True),
        ({"version": 1}, {"version": 1}, False),
        ({"version": 1}, {"version": 2}, True),
        ({"version": 2}, {"version": 1, "model": "other@1"}, False),
        ({"version": 2}, {"version": 2, "model": "other@1"}, True),
    ],
)
def test_a_card_is_news_unless_shown_or_older(
    shown: dict[str, object] | None, made: dict[str, object], news: bool
) -> None:
    record, first = merged(started()), card(started())
    if shown:
        record = record.with_card(first.model_copy(update=shown))
    assert record.lacks(first.model_copy(update=made)) is news


ARABIC = re.compile(r"[\u0600-\u06ff]")


@settings(deadline=None)
@given(starts, st.none() | matches, pasts, kinds)
def test_a_card_speaks_the_language_of_its_agency_and_says_the_same(
    start: Event, match: Event | None, past: list[Earlier], kind: str
) -> None:
    facts = [start, *([match] if match else [])]

    english = card(*facts, past=past, kind=kind)
    arabic = card(*facts, past=past, kind=kind, language="ar-SA")

    ours = [(line.code, line.tone) for line in english.lines]
    theirs = [(line.code, line.tone) for line in arabic.lines]
    parts = [*arabic.risk.contributions, *arabic.retention.contributions]
    sentences = [line.sentence for line in arabic.lines] + [part.sentence for part in parts]
    assert (ours, english.risk.points) == (theirs, arabic.risk.points)
    assert all(map(ARABIC.search, sentences))
    assert not any(ARABIC.search(line.sentence) for line in english.lines)


def test_a_language_that_nobody_speaks_here_is_english() -> None:
    assert card(started(), language="tlh") == card(started())
