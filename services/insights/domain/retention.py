"""What may mean that a customer is about to leave. None: a signal has no evidence."""

from libs.common.events.matches import Candidate
from services.insights.domain.finding import (
    Case,
    Finding,
    Findings,
    at_intensity,
    at_level,
    only_found,
)
from services.insights.domain.scorecard import Lookback, RetentionSignals
from services.insights.domain.shapes import Horizon, Levels, Ramp, Steps

_DAY_MINUTES = 24 * 60


def findings(case: Case, signals: RetentionSignals, lookback: Lookback) -> Findings:
    """What the retention signals found. Only a customer who stands out has a contract."""
    window = case.words.count(lookback.repeat_days, "day")
    return only_found(
        {
            "repeat": _repeat(case, signals.repeat, window),
            "renewal": _renewal(case, signals.renewal),
            "missed": _missed(case, signals.missed, window),
            "status": _status(case, signals.status),
            "silence": _silence(case, signals.silence),
        }
    )


def _repeat(case: Case, signal: Steps, window: str) -> Finding:
    contacts = case.features.recent_contacts
    return at_intensity(
        case,
        signal,
        signal.intensity(contacts),
        str(contacts),
        contacts=case.words.count(contacts, "contact"),
        window=window,
    )


def _renewal(case: Case, signal: Horizon) -> Finding | None:
    customer = _customer(case)
    if customer is None or customer.renewal_on is None:
        return None
    days = (customer.renewal_on - case.today).days
    if days < -signal.grace_days:
        return None
    return at_intensity(case, signal, signal.intensity(days), str(days), when=case.words.day(days))


def _missed(case: Case, signal: Ramp, window: str) -> Finding:
    missed, earlier = case.features.recent_missed, case.features.recent_calls - 1
    return at_intensity(
        case,
        signal,
        signal.intensity(missed),
        str(missed),
        missed=str(missed),
        calls=case.words.count(earlier, "earlier_call"),
        window=window,
    )


def _status(case: Case, signal: Levels) -> Finding | None:
    customer = _customer(case)
    status = customer.status.strip().lower() if customer and customer.status else None
    return at_level(case, signal, status, status or "")


def _silence(case: Case, signal: Ramp) -> Finding | None:
    features = case.features
    if features.usual_gap_days is None or features.minutes_since_last is None:
        return None
    overdue = features.minutes_since_last / _DAY_MINUTES - features.usual_gap_days
    return at_intensity(
        case,
        signal,
        signal.intensity(overdue),
        f"{overdue:.1f}",
        silence=case.words.span(features.minutes_since_last),
        usual=case.words.span(features.usual_gap_days * _DAY_MINUTES),
    )


def _customer(case: Case) -> Candidate | None:
    return case.record.match.customer if case.record.match else None
