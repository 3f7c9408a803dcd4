"""What may speak against trusting a call. None means that a signal has no evidence."""

from services.insights.domain.finding import (
    Case,
    Finding,
    Findings,
    at_intensity,
    at_level,
    only_found,
)
from services.insights.domain.scorecard import RiskSignals
from services.insights.domain.shapes import Flag, Levels, Ramp


def findings(case: Case, signals: RiskSignals) -> Findings:
    """What the risk signals found."""
    return only_found(
        {
            "attestation": _attestation(case, signals.attestation),
            "line_type": _line_type(case, signals.line_type),
            "callback_trap": _callback_trap(case, signals.callback_trap),
            "velocity": _velocity(case, signals.velocity),
            "neighbour": _neighbour(case, signals.neighbour),
            "screening": _screening(case, signals.screening),
            "withheld": _withheld(case, signals.withheld),
        }
    )


def _attestation(case: Case, signal: Levels) -> Finding | None:
    said = case.record.attestation
    if said is None and case.features.withheld:
        return None
    return at_level(case, signal, said or "absent", said or "absent")


def _line_type(case: Case, signal: Levels) -> Finding | None:
    kind = signal.prefixes.get(case.features.prefix or "", case.features.line_kind)
    return at_level(case, signal, kind, kind)


def _callback_trap(case: Case, signal: Levels) -> Finding | None:
    area = case.features.prefix or ""
    level = signal.prefixes.get(area)
    if level is None or not case.unknown_caller:
        return None
    return at_level(
        case, signal, "missed_before" if case.features.recent_missed else level, area, area=area
    )


def _velocity(case: Case, signal: Ramp) -> Finding:
    velocity, calls = case.features.velocity, case.words.count(case.features.burst_calls, "call")
    return at_intensity(case, signal, signal.intensity(velocity), f"{velocity:.2f}", calls=calls)


def _neighbour(case: Case, signal: Flag) -> Finding | None:
    if not (case.features.neighbour and case.unknown_caller):
        return None
    return at_intensity(case, signal, 1, "same first six digits")


def _screening(case: Case, signal: Levels) -> Finding | None:
    return at_level(case, signal, case.record.screening, case.record.screening or "")


def _withheld(case: Case, signal: Flag) -> Finding | None:
    return at_intensity(case, signal, 1, "withheld") if case.features.withheld else None
