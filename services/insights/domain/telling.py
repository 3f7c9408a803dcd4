"""What a person is shown of calls and cards.

Others may be on a call, or have the same number: what is theirs is left out.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

from libs.common.events.calls import CallStarted
from libs.common.events.insights import Score
from services.insights.domain.match import Match
from services.insights.domain.record import CallRecord

Shown = dict[str, Any]
Named = Collection[str] | None
"""The customers who are this person by the tenant's word; None where it gave none."""

_CALL: Final = (
    *("direction", "started_at", "answered_at", "ended_at", "outcome", "cause", "sip_code"),
    *("ring_seconds", "duration_seconds", "billed_seconds", "cost", "currency"),
)
_SIDE: Final = ("party_kind", "attestation", "screening", "caller_name")
_CANDIDATE: Final = ("name", "confidence", "status", "renewal_on", "customer_since")
_CONTRIBUTION: Final = ("signal", "value", "weight", "intensity", "contribution", "sentence")

_OTHERS: Final = "It was made for another person with the same number, and is left out."


def call(record: CallRecord, subject: str, named: Named) -> Shown:
    """One call, with what is known of this person on it."""
    side = next((leg.started for leg in record.legs if _is_of(leg.started, subject)), None)
    match = next((one for one in record.matches if one.subject == subject), None)
    return {
        "id": record.session_id,
        "number": side.party if side else None,
        "agency_number": side.line if side else None,
        **{name: getattr(side, name) for name in _SIDE if side},
        **{name: getattr(record, name) for name in _CALL},
        "hung_up_by": record.source,
        "taken_for": _taken_for(match, named) if match else None,
    }


def card(record: CallRecord, subject: str, named: Named) -> Shown | None:
    """The card that was shown for a call of this person; None where there was none."""
    made = record.card
    if made is None or record.subject != subject:
        return None
    told = {"id": made.insight_id, "call": made.session_id, "as_of": made.as_of}
    told |= {"model": made.model, "version": made.version}
    customer = record.match.customer if record.match else None
    if customer and named is not None and customer.customer_id not in named:
        return {**told, "left_out": _OTHERS}
    lines = [line.model_dump(include={"tone", "sentence"}) for line in made.lines]
    return {
        **told,
        "lines": lines,
        "risk": _score(made.risk),
        "retention": _score(made.retention),
    }


def feedback(row: Mapping[str, Any]) -> Shown:
    """What somebody of the agency said of a card."""
    return {"card": row["insight"], **{name: row[name] for name in ("user", "verdict", "at")}}


def objection(row: Mapping[str, Any]) -> Shown:
    """Whether the person objects to cards."""
    return {"objected": row["objected"], "at": row["at"]}


def _score(score: Score) -> Shown:
    parts = [one.model_dump(include=set(_CONTRIBUTION)) for one in score.contributions]
    return {**score.model_dump(include={"points", "band", "base"}), "contributions": parts}


def _taken_for(match: Match, named: Named) -> Shown:
    """Whom the number may have been taken for, where that is this person."""
    told: Shown = {"outcome": match.outcome, "people_with_the_number": match.shared_by}
    possible = match.named if named is not None else match.named[:1]
    own = next((one for one in possible if named is None or one.customer_id in named), None)
    if own is None:
        return told
    reasons = [reason.sentence for reason in own.reasons]
    return told | {name: getattr(own, name) for name in _CANDIDATE} | {"reasons": reasons}


def _is_of(started: CallStarted | None, subject: str) -> bool:
    return started is not None and started.subject == subject
