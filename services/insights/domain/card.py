"""The card of one incoming call."""

from datetime import datetime

from libs.common.events.base import derived_id
from libs.common.events.insights import InsightProduced
from services.insights.domain import retention, risk
from services.insights.domain.features import Features
from services.insights.domain.finding import Case
from services.insights.domain.lines import lines
from services.insights.domain.record import CallRecord
from services.insights.domain.scorecard import Scorecard
from services.insights.domain.scoring import score
from services.insights.domain.wording import words_in


def produce(
    record: CallRecord, features: Features, scorecard: Scorecard, as_of: datetime, language: str
) -> InsightProduced | None:
    """The card; None for a call that goes out, or whose start is not here yet.

    `as_of` is the moment it looks back from, as a rule the start of the call, so that a replay
    gives the same card. Days to a renewal count from the date of `as_of` in its own time zone.
    `language` (BCP 47) is the agency's.
    """
    if not record.incoming:
        return None
    case = Case(record, features, as_of.date(), words_in(language))
    risks = risk.findings(case, scorecard.risk.signals)
    retentions = retention.findings(case, scorecard.retention.signals, scorecard.lookback)
    return InsightProduced(
        insight_id=derived_id(record.session_id, InsightProduced.TYPE),
        session_id=record.session_id,
        version=2 if record.match else 1,
        model=scorecard.model,
        as_of=as_of,
        risk=score(scorecard.risk, risks),
        retention=score(scorecard.retention, retentions),
        lines=lines(case, risks | retentions, scorecard.lookback),
        inputs=_inputs(record, features),
    )


def _inputs(record: CallRecord, features: Features) -> tuple[str, ...]:
    customer = record.match.customer if record.match else None
    known = (f"customer/{customer.customer_id}",) if customer else ()
    calls = (record.session_id, *features.sessions)
    return known + tuple(f"call/{session}" for session in calls)
