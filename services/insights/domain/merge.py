"""The merge of facts into the record of their call.

It commutes and repeats harmlessly: the same set of facts gives the same record, in whatever
order and however often they come.
"""

from collections.abc import Set

from libs.common.events.calls import CallAnswered, CallCosted, CallEnded, CallEvent, CallStarted
from libs.common.events.matches import CallMatched
from services.insights.domain.match import Match, more_decided
from services.insights.domain.record import CallRecord


def with_started(record: CallRecord | None, fact: CallStarted) -> CallRecord:
    """Adds a start."""
    return _of(record, fact).with_leg(fact, lambda leg: leg.with_started(fact))


def with_answered(record: CallRecord | None, fact: CallAnswered) -> CallRecord:
    """Adds an answer."""
    return _of(record, fact).with_leg(fact, lambda leg: leg.with_answered(fact))


def with_ended(record: CallRecord | None, fact: CallEnded) -> CallRecord:
    """Adds an end."""
    return _of(record, fact).with_leg(fact, lambda leg: leg.with_ended(fact))


def with_costed(record: CallRecord | None, fact: CallCosted) -> CallRecord:
    """Adds a cost. Raises ValueError where the total is no finite decimal."""
    return _of(record, fact).with_leg(fact, lambda leg: leg.with_costed(fact))


def with_match(
    record: CallRecord | None, fact: CallMatched, gone: Set[str] = frozenset()
) -> CallRecord:
    """Adds the matcher's answer without the customers who are `gone`.

    For one subject the more decided answer counts.
    """
    record, new = _of(record, fact), Match.of(fact).without(gone)
    matches = {match.subject or "": match for match in record.matches}
    held = matches.get(new.subject or "")
    matches[new.subject or ""] = more_decided(held, new) if held else new
    ordered = tuple(matches[key] for key in sorted(matches))
    return record.model_copy(update={"matches": ordered})


def _of(record: CallRecord | None, fact: CallEvent | CallMatched) -> CallRecord:
    if record and record.session_id != fact.session_id:
        raise ValueError("the fact is about another call session; load its own record")
    return record or CallRecord(session_id=fact.session_id)
