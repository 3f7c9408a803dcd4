"""Scores of calls to reason about."""

from collections.abc import Iterable

from libs.common.events.base import Event
from libs.common.events.insights import Contribution, Score
from services.insights.domain import retention, risk
from services.insights.domain.finding import Case
from services.insights.domain.history import Earlier
from services.insights.domain.scoring import score
from services.insights.domain.wording import words_in
from tests.insights.given import CARD, NOON, features, merged


def case(*facts: Event, past: Iterable[Earlier] = (), **number: object) -> Case:
    record = merged(*facts)
    return Case(record, features(record, past, **number), NOON.date(), words_in("en"))  # type: ignore[arg-type]


def risk_of(*facts: Event, past: Iterable[Earlier] = (), **number: object) -> Score:
    found = risk.findings(case(*facts, past=past, **number), CARD.risk.signals)
    return score(CARD.risk, found)


def retention_of(*facts: Event, past: Iterable[Earlier] = ()) -> Score:
    found = retention.findings(case(*facts, past=past), CARD.retention.signals, CARD.lookback)
    return score(CARD.retention, found)


def part(of: Score, signal: str) -> Contribution | None:
    return next((c for c in of.contributions if c.signal == signal), None)


def intensity(of: Score, signal: str) -> float:
    found = part(of, signal)
    return found.intensity if found else 0
