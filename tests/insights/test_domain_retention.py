"""Retention: published figures, told as facts and never as a probability."""

import pytest

from services.insights.domain.outcome import Outcome
from tests.insights.given import days_ago, earlier, matched, renewing, started
from tests.insights.scores import intensity, part, retention_of


@pytest.mark.parametrize(
    ("contacts", "churn"), [(1, 11), (3, 11), (4, 44), (5, 60), (6, 65), (9, 65)]
)
def test_repeat_contacts_have_a_knee_at_four(contacts: int, churn: int) -> None:
    """The steps are the churn measured on mlc_churn, above 11 % and as a part of 65 %."""
    past = days_ago(*(n / 2 for n in range(1, contacts)))

    found = intensity(retention_of(started(), past=past), "repeat")

    assert found == pytest.approx((churn - 11) / (65 - 11), abs=0.001)


def test_four_contacts_are_worth_watching() -> None:
    told = retention_of(started(), past=days_ago(1, 2, 3))

    assert told.band == "watch"
    assert told.contributions[0].sentence == (
        "4 contacts within 7 days, perhaps about something unresolved."
    )


def test_one_contact_in_four_calls_is_no_repeat() -> None:
    assert intensity(retention_of(started(), past=map(earlier, (5, 10, 15))), "repeat") == 0


@pytest.mark.parametrize(
    ("days", "expected", "sentence"),
    [
        (91, 0, None),
        (90, 0, None),
        (45, 0.5, "Renewal in 45 days."),
        (23, 0.744, "Renewal in 23 days."),
        (1, 0.989, "Renewal in 1 day."),
        (0, 1, "Renewal today."),
        (-5, 1, "Renewal 5 days ago."),
        (-31, 0, None),
    ],
)
def test_renewal_within_ninety_days(days: int, expected: float, sentence: str | None) -> None:
    told = part(retention_of(started(), renewing(days)), "renewal")

    assert (told.intensity if told else 0) == expected
    assert (told.sentence if told else None) == sentence


def test_contract_data_counts_only_of_a_customer_who_stands_out() -> None:
    told = renewing(5, status="lapsed")
    unsure = told.model_copy(update={"outcome": "ambiguous"})

    assert len(retention_of(started(), told).contributions) == 2
    assert retention_of(started(), unsure).contributions == ()
    assert retention_of(started(), matched()).contributions == ()
    assert retention_of(started()).contributions == ()


@pytest.mark.parametrize(
    ("status", "expected"),
    [("lapsed", 1), (" Cancelled ", 1), ("active", 0), (None, 0), ("", 0)],
)
def test_status(status: str | None, expected: float) -> None:
    assert intensity(retention_of(started(), matched(status=status)), "status") == expected


@pytest.mark.parametrize(("missed", "expected"), [(0, 0), (1, 0.333), (3, 1), (5, 1)])
def test_calls_in_vain(missed: int, expected: float) -> None:
    past = [earlier(n, Outcome.MISSED) for n in range(1, missed + 1)] + [earlier(9)]
    told = part(retention_of(started(), past=past), "missed")

    assert (told.intensity if told else 0) == expected
    if told and missed == 1:
        assert told.sentence == "1 of 2 earlier calls within 7 days not answered."


@pytest.mark.parametrize(("over", "expected"), [(-5, 0), (0, 0), (1, 1), (23, 23), (40, 40)])
def test_silence_is_one_point_a_day_over_the_usual_gap_up_to_40(over: int, expected: float) -> None:
    last = 10 + over
    past = days_ago(*(last + 10 * n for n in range(4)))
    told = part(retention_of(started(), past=past), "silence")

    assert (told.contribution if told else 0) == expected


def test_silence_tells_its_figures() -> None:
    told = part(retention_of(started(), past=days_ago(33, 43, 53, 63)), "silence")

    assert told is not None
    assert told.sentence == "The first call for 33 days; usually one every 10 days."


def test_retention_never_speaks_of_a_percentage() -> None:
    whole = retention_of(started(), renewing(23, status="lapsed"), past=days_ago(1, 2, 3, 4))

    assert whole.contributions
    assert not any("%" in c.sentence for c in whole.contributions)
