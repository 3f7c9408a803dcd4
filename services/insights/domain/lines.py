"""The lines of a card: who, how often, when last, what the network says, what matters."""

from libs.common.events.insights import Line
from libs.common.events.matches import Candidate
from services.insights.domain.finding import Case, Findings
from services.insights.domain.match import Match
from services.insights.domain.outcome import NOT_TAKEN
from services.insights.domain.record import CallRecord
from services.insights.domain.scorecard import Lookback
from services.insights.domain.wording import Words

_UNPROVEN = frozenset({"C", "failed"})
"""Attestations with which a match shows no contract data either."""
_TOLD = ("attestation", "line_type", "renewal", "status")
"""Signals with a line of their own, whether or not they weigh."""


def lines(case: Case, found: Findings, lookback: Lookback) -> tuple[Line, ...]:
    """All lines, in the order in which an agent reads them."""
    told = [found[signal].line(signal) for signal in _TOLD if signal in found]
    ahead = [_who(case), _history(case, lookback), _recent(case, lookback), _last_contact(case)]
    return tuple(line for line in [*ahead, *told] if line)


def who(record: CallRecord, words: Words) -> Line | None:
    """Whom the matcher takes the caller for; None before it answers."""
    match = record.match
    if match is None:
        return None
    if match.customer:
        return _customer(match.customer, words, proven=record.attestation not in _UNPROVEN)
    return _line("who", _nobody(match, words))


def _who(case: Case) -> Line | None:
    if case.features.withheld:
        return _line("who", case.words.say("hidden"))
    return who(case.record, case.words)


def _customer(customer: Candidate, words: Words, *, proven: bool) -> Line:
    name = customer.name or words.say("a_customer")
    if not proven:
        return Line(code="who", tone="warning", sentence=words.say("unproven", name=name))
    since = customer.customer_since
    if since is None:
        return Line(code="who", tone="good", sentence=words.say("customer", name=name))
    sentence = words.say("customer_since", name=name, year=since.year)
    return Line(code="who", tone="good", sentence=sentence)


def _nobody(match: Match, words: Words) -> str:
    if match.outcome == "ambiguous":
        return words.say("ambiguous", customers=words.count(match.candidates, "customer"))
    return words.say("not_a_person" if match.outcome == "not_a_person" else "nobody")


def _history(case: Case, lookback: Lookback) -> Line | None:
    if case.features.withheld:
        return None
    words = case.words
    days = words.count(lookback.history_days, "day")
    if case.features.first_call:
        return _line("first_call", words.say("first_call", days=days))
    calls = words.count(len(case.features.sessions), "earlier_call")
    return _line("repeat_call", words.say("repeat_call", calls=calls, days=days))


def _recent(case: Case, lookback: Lookback) -> Line | None:
    if case.features.recent_calls == 1:
        return None
    words = case.words
    days = words.count(lookback.repeat_days, "day")
    calls = words.count(case.features.recent_calls, "call")
    return _line("recent_calls", words.say("recent_calls", calls=calls, days=days))


def _last_contact(case: Case) -> Line | None:
    last, minutes = case.features.last, case.features.minutes_since_last
    if last is None or minutes is None:
        return None
    goes_on = "goes_on" if case.features.continued else "last_call"
    phrase = f"{goes_on}_missed" if last.outcome in NOT_TAKEN else goes_on
    return _line("last_contact", case.words.say(phrase, span=case.words.span(minutes)))


def _line(code: str, sentence: str) -> Line:
    return Line(code=code, tone="info", sentence=sentence)
