"""Risk: published figures, and no evidence where there is none."""

import pytest

from services.insights.domain.outcome import Outcome
from tests.insights.given import CARD, earlier, matched, started, withheld_start
from tests.insights.scores import intensity, part, risk_of


@pytest.mark.parametrize(
    ("attestation", "expected"),
    [("failed", 1.0), ("B", 0.6), ("C", 0.6), (None, 0), ("A", -0.2), ("Z", 0)],
)
def test_attestation_is_not_monotonic(attestation: str | None, expected: float) -> None:
    assert intensity(risk_of(started(attestation=attestation)), "attestation") == expected


def test_no_evidence_leaves_the_base() -> None:
    plain = risk_of(started())

    assert (plain.points, plain.base, plain.band, plain.contributions) == (10, 10, "low", ())


@pytest.mark.parametrize(("velocity", "expected"), [(0, 0), (2, 0), (4, 0.5), (6, 1), (9, 1)])
def test_velocity_weighs_between_two_and_six(velocity: float, expected: float) -> None:
    assert CARD.risk.signals.velocity.intensity(velocity) == expected


def test_velocity_tells_its_figures() -> None:
    past = [earlier(n / 10, name=f"call-{n}") for n in range(2, 10)]
    told = part(risk_of(started(), past=past), "velocity")

    assert told is not None
    assert told.intensity == 1
    assert told.value == "7.70"
    assert told.sentence == "9 calls from this number within the last hour."


@pytest.mark.parametrize(
    ("kind", "country", "expected"),
    [
        ("premium", 1, 1.0),
        ("shared_cost", 966, 0.4),
        ("voip", 1, 0.2),
        ("mobile", 1, 0),
        ("unknown", 1, 0),
        ("a_kind_to_come", 1, 0),
        ("mobile", 881, 1.0),
    ],
)
def test_line_type(kind: str, country: int, expected: float) -> None:
    assert intensity(risk_of(started(), kind=kind, country=country), "line_type") == expected


NEIGHBOUR = started(party="+15125550142")


def test_a_neighbour_counts_only_where_nobody_has_the_number() -> None:
    assert intensity(risk_of(NEIGHBOUR, matched("unknown")), "neighbour") == 1
    assert intensity(risk_of(NEIGHBOUR, matched()), "neighbour") == 0
    assert intensity(risk_of(NEIGHBOUR), "neighbour") == 0
    assert intensity(risk_of(started(), matched("unknown")), "neighbour") == 0


def test_one_ring_areas_count_for_unknown_callers() -> None:
    caller = started(party="+18765550100")
    missed = [earlier(60, Outcome.MISSED)]

    assert intensity(risk_of(caller, matched("unknown")), "callback_trap") == 0.5
    assert intensity(risk_of(caller, matched("unknown"), past=missed), "callback_trap") == 1
    assert intensity(risk_of(caller, matched(), past=missed), "callback_trap") == 0
    assert intensity(risk_of(started(), matched("unknown")), "callback_trap") == 0
    told = part(risk_of(caller, matched("unknown")), "callback_trap")
    assert told is not None
    assert "+1876" in told.sentence


def test_only_a_verdict_of_the_screening_counts() -> None:
    assert intensity(risk_of(started(screening="spam_likely")), "screening") == 1
    assert intensity(risk_of(started(screening="flag_calls")), "screening") == 0


def test_withheld() -> None:
    hidden = risk_of(withheld_start(), country=None)

    assert (hidden.points, [c.signal for c in hidden.contributions]) == (20, ["withheld"])
