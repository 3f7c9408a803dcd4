"""The lines of a card: who, how often, when last, what the network says, what matters."""

from libs.common.events.insights import Line
from libs.common.events.matches import Candidate
from services.insights.domain.finding import Case, Findings
from services.insights.domain.match import Match
from services.insights.domain.outcome import NOT_TAKEN
from services.insights.domain.record import CallRecord
from services.insights.domain.scorecard import Lookback
from services.insights.domain.wording import count, span

_UNPROVEN = frozenset({"C", "failed"})
"""Attestations with which a match shows no contract data either."""
_TOLD = ("attestation", "line_type", "renewal", "status")
"""Signals with a line of their own, whether or not they weigh."""


def lines(case: Case, found: Findings, lookback: Lookback) -> tuple[Line, ...]:
    """All lines, in the order in which an agent reads them."""
    told = [found[signal].line(signal) for signal in _TOLD if signal in found]
    ahead = [_who(case), _history(case, lookback), _recent(case, lookback), _last_contact(case)]
    return tuple(line for line in [*ahead, *told] if line)


def who(record: CallRecord) -> Line | None:
    """Whom the matcher takes the caller for; None before it answers."""
    match = record.match
    if match is None:
        return None
    if match.customer:
        return _customer(match.customer, proven=record.attestation not in _UNPROVEN)
    return _line("who", _nobody(match))


def _who(case: Case) -> Line | None:
    if case.features.withheld:
        return _line("who", "The caller hides the number.")
    return who(case.record)


def _customer(customer: Candidate, *, proven: bool) -> Line:
    name = customer.name or "a customer"
    if not proven:
        sentence = f"The number of {name}, but not proven to be the caller's."
        return Line(code="who", tone="warning", sentence=sentence)
    since = f", customer since {customer.customer_since.year}" if customer.customer_since else ""
    return Line(code="who", tone="good", sentence=f"The number of {name}{since}.")


def _nobody(match: Match) -> str:
    if match.outcome == "ambiguous":
        return f"{count(match.candidates, 'customer')} may be calling."
    if match.outcome == "not_a_person":
        return "The number of a service or a company, not of a person."
    return "No customer with this number."


def _history(case: Case, lookback: Lookback) -> Line | None:
    if case.features.withheld:
        return None
    days, calls = count(lookback.history_days, "day"), len(case.features.sessions)
    if case.features.first_call:
        return _line("first_call", f"First call in {days}.")
    return _line("repeat_call", f"Repeat caller: {count(calls, 'earlier call')} in {days}.")


def _recent(case: Case, lookback: Lookback) -> Line | None:
    calls = case.features.recent_calls
    if calls == 1:
        return None
    window = count(lookback.repeat_days, "day")
    return _line("recent_calls", f"{count(calls, 'call')} in {window}, with this one.")


def _last_contact(case: Case) -> Line | None:
    last, minutes = case.features.last, case.features.minutes_since_last
    if last is None or minutes is None:
        return None
    ending = ", not answered" if last.outcome in NOT_TAKEN else ""
    ago = f"{span(minutes)} ago{ending}"
    if case.features.continued:
        return _line("last_contact", f"The same contact goes on: last call {ago}.")
    return _line("last_contact", f"Last call {ago}.")


def _line(code: str, sentence: str) -> Line:
    return Line(code=code, tone="info", sentence=sentence)
