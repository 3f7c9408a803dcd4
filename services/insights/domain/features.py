"""What a call and the caller's earlier calls say, in figures."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.insights.domain.history import Earlier, History, contacts, missed, missed_share
from services.insights.domain.number import Numbering, prefix_of, same_exchange
from services.insights.domain.record import CallRecord
from services.insights.domain.scorecard import Lookback

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Features:
    """The figures of one call; windows and half-life are those of the scorecard.

    Attributes:
        withheld: whether the caller hides the number; then there never is a history.
        sessions: the earlier calls within the known history, oldest first.
        recent_calls: calls in the repeat window, this one included.
        recent_contacts: the same, where calls soon after one another are one contact.
        recent_missed: earlier calls in the repeat window that nobody took.
        burst_calls: calls in the burst window, this one included.
        missed_share: of the earlier calls in the known history, the share that nobody took.
        last: the call before this one.
        minutes_since_last: from that call's start to this one's.
        continued: whether this call continues the contact of that one.
        velocity: the earlier calls, each halved per half-life of its age.
        usual_gap_days: the median gap between earlier contacts; None where there are too few.
        line_kind: the type of line, by number plan.
        prefix: the country code, with the area code for +1.
        neighbour: whether caller and line share their first six national digits (+1 only).
    """

    withheld: bool
    sessions: tuple[str, ...]
    recent_calls: int
    recent_contacts: int
    recent_missed: int
    burst_calls: int
    missed_share: float | None
    last: Earlier | None
    minutes_since_last: float | None
    continued: bool
    velocity: float
    usual_gap_days: float | None
    line_kind: str
    prefix: str | None
    neighbour: bool

    @property
    def first_call(self) -> bool:
        """Whether the caller is new; never said of one who hides the number."""
        return not self.withheld and not self.sessions


def compute(
    record: CallRecord, earlier: Iterable[Earlier], numbering: Numbering, lookback: Lookback
) -> Features:
    """Looks back from the start of the call on the caller's earlier calls.

    These come in any order; only those strictly before the start count. A caller who hides the
    number, or has no subject, never has a history.
    Raises ValueError where the record has no start yet.
    """
    if record.started_at is None:
        raise ValueError("the call has no start yet; compute its features once call.started came")
    past = _history(record, record.started_at, earlier, lookback)
    recent = past.within(_DAY * lookback.repeat_days)
    soon = _MINUTE * lookback.continued_minutes
    gap = past.usual_gap(soon, lookback.usual_gap_from)
    return Features(
        withheld=_is_withheld(record),
        sessions=tuple(call.session_id for call in past.calls),
        recent_calls=len(recent) + 1,
        recent_contacts=len(contacts([*(call.started_at for call in recent), past.at], soon)),
        recent_missed=missed(recent),
        burst_calls=len(past.within(_MINUTE * lookback.burst_minutes)) + 1,
        missed_share=missed_share(past.calls),
        last=past.last,
        minutes_since_last=past.since_last / _MINUTE if past.since_last else None,
        continued=past.since_last is not None and past.since_last < soon,
        velocity=past.velocity(_MINUTE * lookback.velocity_half_life_minutes),
        usual_gap_days=gap / _DAY if gap else None,
        line_kind=numbering.line_kind,
        prefix=prefix_of(record.party, numbering),
        neighbour=same_exchange(record.party, record.line),
    )


def _history(
    record: CallRecord, at: datetime, earlier: Iterable[Earlier], lookback: Lookback
) -> History:
    nameless = _is_withheld(record) or record.subject is None
    return History.before(at, () if nameless else earlier, _DAY * lookback.history_days)


def _is_withheld(record: CallRecord) -> bool:
    return record.party_kind == "withheld"
