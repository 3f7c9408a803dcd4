"""What a line of a file does to the book of its person."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.consent.domain.ledger.book import Book
from services.consent.domain.ledger.dates import When, read_when
from services.consent.domain.ledger.intake import Entering
from services.consent.domain.ledger.rows import Said
from tests.consent.given import DAN, NOON, SUBJECT, act, at, book, stop

ENTERING = Entering("usr_7", NOON)


def line(consent: str = "yes", day: str | None = "2026-10-01", **told: Any) -> Said:
    whole: dict[str, Any] = {
        "e164": DAN,
        "granted": consent == "yes",
        "purpose": "marketing",
        "channel": "sms",
        "when": read_when(day, ZoneInfo("UTC")) if day else None,
        "collected_directly": True,
        "wording": None,
    }
    return Said(**{**whole, **told})


def moment(seconds: float) -> When:
    return When(at(seconds), at(seconds))


def outcomes(held: Book, *lines: Said, entering: Entering = ENTERING) -> tuple[Book, list[str]]:
    found: list[str] = []
    for one in lines:
        held, outcome = entering.entered(held, one)
        found.append(outcome)
    return held, found


def test_a_grant_is_written_down_with_its_proof() -> None:
    held, found = outcomes(Book(SUBJECT), line(wording="v3", collected_directly=False))
    assert found == ["granted"]
    (record,) = held.records
    assert (record.means, record.who, record.wording) == ("csv", "usr_7", "v3")
    assert (record.action, record.purpose, record.channel) == ("grant", "marketing", "sms")
    assert not record.collected_directly
    assert record.at.isoformat() == "2026-10-01T00:00:00+00:00"


def test_the_same_line_changes_nothing() -> None:
    later = Entering("usr_8", NOON + timedelta(days=1))
    lines = (line(), line("no", "2026-10-02"), line("no", None, purpose="service"))
    held, found = outcomes(Book(SUBJECT), *lines)
    assert found == ["granted", "withdrawn", "withdrawn"]
    again, found = outcomes(held, *lines, entering=later)
    assert found == ["unchanged"] * 3
    assert again is held


@pytest.mark.parametrize(
    "told", [{"wording": "v2"}, {"collected_directly": False}, {"channel": "voice"}]
)
def test_a_line_that_says_something_else_is_news(told: dict[str, Any]) -> None:
    _, found = outcomes(Book(SUBJECT), line(), line(**told))
    assert found == ["granted", "granted"]


@pytest.mark.parametrize("withdrawal", [act("withdraw"), stop()])
def test_a_grant_that_was_withdrawn_since_leaves_no_record(withdrawal: object) -> None:
    held = book(withdrawal)  # type: ignore[arg-type]
    again, found = outcomes(held, line(), line(when=moment(0)))
    assert found == ["ignored_older_than_withdrawal"] * 2
    assert again is held


def test_a_grant_after_the_withdrawal_counts() -> None:
    held, found = outcomes(book(act("withdraw", seconds=-2)), line(when=moment(-1)))
    assert found == ["granted"]
    assert held.state
    assert held.state.holds("marketing", "sms", "granted")


def test_the_lines_of_one_file_count_by_their_days_whatever_their_order() -> None:
    yes, no = line("yes", "2026-10-01"), line("no", "2026-10-02")
    for lines in ((yes, no), (no, yes)):
        held, _ = outcomes(Book(SUBJECT), *lines)
        assert held.state
        assert held.state.holds("marketing", "sms", "withdrawn")


def test_a_refusal_on_a_day_wins_over_a_grant_on_that_day() -> None:
    granted = act(at=datetime(2026, 10, 1, 12, 0, tzinfo=UTC))
    held, _ = outcomes(book(granted), line("no", "2026-10-01"))
    assert held.state
    assert held.state.holds("marketing", "sms", "withdrawn")


def test_a_refusal_of_today_is_not_to_come() -> None:
    held, found = outcomes(Book(SUBJECT), line("no", "2026-11-10"))
    assert (found, held.records[0].at) == (["withdrawn"], NOON)


@pytest.mark.parametrize("consent", ["yes", "no"])
def test_a_line_of_a_clock_ahead_of_ours_was_said_now(consent: str) -> None:
    held, _ = outcomes(Book(SUBJECT), line(consent, when=moment(50)))
    assert held.records[0].at == NOON
    _, found = outcomes(held, line(consent, when=moment(50)), entering=Entering("usr_7", at(60)))
    assert found == ["unchanged"]


def test_a_grant_of_a_clock_ahead_of_ours_lifts_no_stop_of_this_moment() -> None:
    _, found = outcomes(book(stop()), line(when=moment(50)))
    assert found == ["ignored_older_than_withdrawal"]


def test_a_refusal_without_a_day_counts_from_the_import_and_once() -> None:
    held, found = outcomes(book(act(seconds=-9)), line("no", None), line("no", None))
    assert found == ["withdrawn", "unchanged"]
    assert held.records[-1].at == NOON
