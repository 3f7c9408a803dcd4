"""Calls to reason about, and who objects to that. All numbers are reserved ones."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from libs.common.events import ConsentChanged
from libs.common.events.base import Event
from libs.common.events.calls import CallAnswered, CallCosted, CallEnded, CallStarted
from libs.common.events.matches import CallMatched, Candidate
from services.insights.domain import merge
from services.insights.domain.features import Features, compute
from services.insights.domain.history import Earlier
from services.insights.domain.number import Numbering
from services.insights.domain.outcome import Outcome
from services.insights.domain.record import CallRecord
from services.insights.domain.scorecard import parse

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "services/insights/domain/scorecard.yaml").read_text()
CARD = parse(TEXT)
NOON = datetime(2026, 5, 19, 12, 0, tzinfo=UTC)
SUBJECT = "s1-caller"


def at(seconds: float = 0) -> datetime:
    return NOON + timedelta(seconds=seconds)


def started(leg: str = "a", seconds: float = 0, **fields: object) -> CallStarted:
    whole: dict[str, object] = {
        "session_id": "call-1",
        "leg_id": leg,
        "occurred_at": at(seconds),
        "started_at": at(seconds),
        "direction": "incoming",
        "line": "+15125550127",
        "connection_id": "2963572552552678752",
        "party": "+12025550142",
        "party_kind": "number",
        "subject": SUBJECT,
    }
    return CallStarted.model_validate(whole | fields)


def withheld_start() -> CallStarted:
    return started(party=None, party_kind="withheld", subject=None)


def answered(leg: str = "a", seconds: float = 10, begun: float | None = 0) -> CallAnswered:
    return CallAnswered(
        session_id="call-1",
        leg_id=leg,
        occurred_at=at(seconds),
        started_at=None if begun is None else at(begun),
    )


def ended(leg: str = "a", seconds: float = 60, begun: float = 0, **fields: str) -> CallEnded:
    whole = {"cause": "normal_clearing", "source": "callee", "sip_code": "200"} | fields
    return CallEnded(
        session_id="call-1",
        leg_id=leg,
        occurred_at=at(seconds),
        started_at=at(begun),
        ended_at=at(seconds),
        **whole,
    )


def costed(leg: str = "a", total: str = "0.0120", **fields: object) -> CallCosted:
    whole: dict[str, object] = {
        "session_id": "call-1",
        "leg_id": leg,
        "occurred_at": at(90),
        "total": total,
        "currency": "USD",
        "billed_seconds": 60,
    }
    return CallCosted.model_validate(whole | fields)


def matched(outcome: str = "matched", **customer: object) -> CallMatched:
    whole: dict[str, object] = {
        "customer_id": "c-1",
        "name": "Ada Example",
        "confidence": 0.98,
        "reasons": (),
    }
    candidates = {"matched": 1, "ambiguous": 3}.get(outcome, 0)
    return CallMatched(
        session_id="call-1",
        subject=SUBJECT,
        outcome=outcome,
        candidates=(Candidate.model_validate(whole | customer),) * candidates,
    )


def consent(version: int = 1, subject: str = SUBJECT, **said: object) -> ConsentChanged:
    """What a person allows, changed `version` seconds after NOON."""
    known = {"subject": subject, "version": version, "changed_at": at(version)}
    return ConsentChanged.model_validate(known | said)


def renewing(days: int, **customer: str) -> CallMatched:
    due = date(2026, 5, 19) + timedelta(days=days)
    return matched("matched", renewal_on=due, **customer)


def merged(*facts: Event) -> CallRecord:
    record: CallRecord | None = None
    for fact in facts:
        record = _with(record, fact)
    assert record is not None
    return record


def _with(record: CallRecord | None, fact: Event) -> CallRecord:
    match fact:
        case CallStarted():
            return merge.with_started(record, fact)
        case CallAnswered():
            return merge.with_answered(record, fact)
        case CallEnded():
            return merge.with_ended(record, fact)
        case CallCosted():
            return merge.with_costed(record, fact)
        case CallMatched():
            return merge.with_match(record, fact)
    raise TypeError(type(fact).__name__)


def earlier(minutes: float, outcome: Outcome = Outcome.ANSWERED, name: str = "") -> Earlier:
    return Earlier(NOON - timedelta(minutes=minutes), name or f"call-{minutes}", outcome)


def days_ago(*days: float, outcome: Outcome = Outcome.ANSWERED) -> list[Earlier]:
    return [earlier(day * 24 * 60, outcome) for day in days]


def features(
    record: CallRecord,
    past: Iterable[Earlier] = (),
    kind: str = "unknown",
    country: int | None = 1,
) -> Features:
    return compute(record, past, Numbering(kind, country), CARD.lookback)
